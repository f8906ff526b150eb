"""The text of events that are not about a watched price: crawls, shops and reviews for staff, and channels."""

from collections.abc import Callable, Collection

from django.urls import reverse

from books.models import Source
from books.staff_events import AFTER_FAILURE, AFTER_REJECTION, UNCHANGED
from users.models import Notification
from users.notifications.items import Item, make_item

Kind = Notification.Kind


def describe_others(notifications: Collection[Notification]) -> dict[int, Item]:
    """The items of the notifications that are not about a watched price, by primary key."""
    others = [each for each in notifications if each.kind in DESCRIPTIONS]
    labels = _load_labels(others)
    return {each.pk: DESCRIPTIONS[each.kind](each, labels.get(each.payload.get("site"), "")) for each in others}


def _load_labels(notifications: Collection[Notification]) -> dict[str | None, str]:
    """The labels of the shops by name. A name without a source is its own label."""
    names = {each.payload["site"] for each in notifications if "site" in each.payload}
    known = dict(Source.objects.filter(name__in=names).values_list("name", "label")) if names else {}
    return {name: known.get(name, name) for name in names}


def _describe_run(notification: Notification, shop: str) -> Item:
    payload = notification.payload
    is_rejected = notification.kind == Kind.RUN_REJECTED
    ending, advice = ("was rejected", AFTER_REJECTION) if is_rejected else ("failed", AFTER_FAILURE)
    path = reverse("web:run", args=[payload["run"]])
    lines = [payload["reason"] or "", UNCHANGED if payload.get("changed") == 0 else "", advice]
    return make_item(notification, f"The crawl of {shop} {ending}", lines, path)


def _describe_pause(notification: Notification, shop: str) -> Item:
    lines = [notification.payload.get("reason") or ""]
    return make_item(notification, f"The shop {shop} was paused", lines, reverse("web:runs"))


def _describe_reviews(notification: Notification, _: str) -> Item:
    heading = "Prices wait for your review"
    return make_item(notification, heading, [], reverse("admin:books_heldprice_changelist"))


def _describe_disabled(notification: Notification, _: str) -> Item:
    payload = notification.payload
    lines = [payload["reason"], f"Last error: {payload['error']}" if payload["error"] else ""]
    heading = f"A channel was switched off: {payload['name']}"
    return make_item(notification, heading, lines, reverse("web:account-notifications"))


def _describe_test(notification: Notification, _: str) -> Item:
    lines = [f"You asked for this test of {notification.payload['name']}."]
    return make_item(notification, "Test message from Colophon", lines, reverse("web:notifications"))


DESCRIPTIONS: dict[str, Callable[[Notification, str], Item]] = {
    Kind.RUN_FAILED: _describe_run,
    Kind.RUN_REJECTED: _describe_run,
    Kind.SHOP_PAUSED: _describe_pause,
    Kind.REVIEW_WAITING: _describe_reviews,
    Kind.CHANNEL_DISABLED: _describe_disabled,
    Kind.TEST: _describe_test,
}
