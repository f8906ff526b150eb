"""The list of a reader's notifications, and pages that work without signing in: feed, confirmation, unsubscribing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import ListView, TemplateView, View
from rest_framework.exceptions import NotFound

from users.library.visibility import visible_books
from users.models import Channel, Notification
from users.notifications.channels import confirm, unsubscribe
from users.notifications.content import describe
from users.notifications.feeds import find_feed_owner
from users.notifications.mail_links import find_confirmed, find_unsubscribed
from users.notifications.reading import count_unread, find_notifications, mark_read
from users.notifications.timetables import make_timetable
from web.cards import ROW_WIDTH, load_cards
from web.notification_feed import write_feed
from web.page import PageMixin
from web.views.account_settings import get_reader

ON_A_PAGE = 20
IN_FEED = 50
INVALID_LINK = "The link is not valid. It may be incomplete, too old, or the address was removed."


@method_decorator(login_required, name="get")
class NotificationsView(PageMixin, ListView[Notification]):
    """`?page=` is a number, or `last`."""

    section = "notifications"
    template_name = "web/notifications.html"
    context_object_name = "notifications"
    paginate_by = ON_A_PAGE

    def get_queryset(self) -> QuerySet[Notification]:
        return find_notifications(get_reader(self))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        data = super().get_context_data(**context)
        reader, shown = get_reader(self), list(data["page_obj"])
        items = describe(shown, make_timetable(reader, None).zone)
        books = [item.data["book"] for item in items if item.kind == Notification.Kind.PRICE_WATCH]
        visible = visible_books(reader).filter(pk__in=books).order_by().values_list("pk", flat=True)
        cards = {card["id"]: card for card in load_cards(list(visible), width=ROW_WIDTH)}
        disabled = Channel.objects.filter(owner=reader, disabled_reason__in=["failures", "gone"])
        return {
            **data,
            "rows": [(row, item, cards.get(item.data.get("book"))) for row, item in zip(shown, items, strict=True)],
            "disabled": list(disabled),
            "has_unread": any(not row.read_at for row in shown) or count_unread(reader) > 0,
        }


@method_decorator(login_required, name="post")
class NotificationsReadView(PageMixin, View):
    """Marks one notification as read, or all."""

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        reader = get_reader(self)
        if pk is not None and not find_notifications(reader).filter(pk=pk).exists():
            raise NotFound("Notification not found")
        mark_read(reader, None if pk is None else [pk])
        if pk is None:
            messages.success(request, "All notifications are marked as read.")
            return redirect("web:notifications")
        return redirect(f"{reverse('web:notifications')}{self.find_page()}#notification-{pk}")

    def find_page(self) -> str:
        """The query of the page that the form was on."""
        number = self.request.GET.get("page", "")
        return f"?page={number}" if number.isascii() and number.isdigit() else ""


class FeedView(View):
    """A private Atom feed. The secret in the query replaces signing in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        owner = find_feed_owner(request.GET.get("key", ""))
        if owner is None:
            return HttpResponse("There is no such feed.\n", status=404, content_type="text/plain; charset=utf-8")
        notifications = list(find_notifications(owner)[:IN_FEED])
        response = HttpResponse(write_feed(request, owner, notifications), content_type="application/atom+xml")
        response.headers["Cache-Control"] = "private, max-age=300"
        return response


class MailLinkView(PageMixin, TemplateView):
    """A page for the link of a mail. GET changes nothing, because mail programs open links in advance."""

    section = "account"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(channel=self.find_channel(), **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        self.apply(self.find_channel())
        return self.render_to_response(self.get_context_data(is_done=True))

    def find_channel(self) -> Channel:
        channel = self.find(self.request.GET.get("token", ""))
        if channel is None:
            raise NotFound(INVALID_LINK)
        return channel

    def find(self, token: str) -> Channel | None:
        raise NotImplementedError

    def apply(self, channel: Channel) -> None:
        raise NotImplementedError


@method_decorator(csrf_exempt, name="dispatch")
class UnsubscribeView(MailLinkView):
    """RFC 8058: mail providers send the POST, without cookies. The signed token is the permission."""

    template_name = "web/unsubscribe.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def find(self, token: str) -> Channel | None:
        return find_unsubscribed(token)

    def apply(self, channel: Channel) -> None:
        unsubscribe(channel)


class ConfirmView(MailLinkView):
    template_name = "web/confirm_address.html"

    def find(self, token: str) -> Channel | None:
        return find_confirmed(token)

    def apply(self, channel: Channel) -> None:
        confirm(channel)
