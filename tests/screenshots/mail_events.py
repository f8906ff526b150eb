"""The causes of every kind of mail: watched prices that change, events for staff, and requests of readers."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count

from django.db.models import F
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from books.availability import Availability
from books.ingest import ingest
from books.models import Book, PriceObservation
from books.records import AuthorRecord, BookRecord
from books.sources import register_source
from books.staff_events import StaffEvent, report
from tests.screenshots.browser import PASSWORD
from tests.screenshots.mails import ORIGIN
from users.accounts.password_mails import request_password_mail
from users.models import Channel, NotificationPreferences, User, WatchRule
from users.notifications.channels import NewChannel, add_channel, send_test
from users.notifications.errors import SendingFailed
from users.notifications.messages import MAX_FAILURES, claim_message, fail
from users.notifications.tasks import wake_all
from users.watches.watching import WatchTerms, create_watch

Cause = Callable[[User], None]
SHOP = "harbour"
LONG_TITLE = (
    "The Life and Strange Surprizing Adventures of Robinson Crusoe, of York, Mariner: Who Lived Eight and Twenty "
    "Years, All Alone in an Un-inhabited Island on the Coast of America, Near the Mouth of the Great River of Oroonoque"
)
DROP = WatchTerms(rule=WatchRule.DROP_PERCENT, percent=10)
_numbers = count(1)


def create_reader(name: str) -> User:
    """A reader, whose time zone is London, with a confirmed address."""
    reader = User.objects.create_user(f"{name}@example.org", PASSWORD, name="Ann", time_zone="Europe/London")
    Channel.objects.create(owner=reader, kind="email", address=reader.email, origin=ORIGIN, confirmed_at=timezone.now())
    return reader


def run_tasks() -> None:
    """Runs the tasks that wait, as a worker does, and those that they enqueue."""
    wake_all()
    while (row := DBTaskResult.objects.order_by("enqueued_at").first()) is not None:
        row.delete()
        row.task.func(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])


def add_book(title: str, price: str | None, *, currency: str = "GBP", days: int = 200) -> Book:
    """A book of a shop, with an earlier price that was higher."""
    register_source(name=SHOP, label="Harbour Books", is_shop=True)
    key = str(next(_numbers))
    if price:
        state_price(key, title, str(Decimal(price) + 2), currency)
        PriceObservation.objects.filter(book__source=SHOP, book__source_key=key).update(
            observed_at=timezone.now() - timedelta(days=days)
        )
    state_price(key, title, price, currency)
    return Book.objects.get(source=SHOP, source_key=key)


def state_price(key: str, title: str, price: str | None, currency: str, availability: str = "in_stock") -> None:
    """What a crawl of the shop reads."""
    ingest(
        [
            BookRecord(
                source=SHOP, source_key=key, title=title, price=Decimal(price) if price else None,
                currency=currency if price else None, availability=Availability(availability),
                authors=(AuthorRecord.identified_by_name("Eleanor Hale"),),
            )
        ]
    )  # fmt: skip


def change_price(book: Book, price: str | None, *, availability: str = "in_stock") -> None:
    assert book.source_key
    state_price(book.source_key, book.title, price, book.currency or "GBP", availability)


def watch_drop(
    reader: User, title: str, old: str, new: str, *, currency: str = "GBP", terms: WatchTerms = DROP
) -> Book:
    """The price of a watched book falls."""
    book = add_book(title, old, currency=currency)
    create_watch(user=reader, book=book, terms=terms)
    change_price(book, new)
    return book


def one_price(reader: User) -> None:
    terms = WatchTerms(rule=WatchRule.AT_OR_BELOW, amount=Decimal("9.00"), currency="GBP")
    watch_drop(reader, "The Salt Path", "10.99", "8.49", terms=terms)


def long_title(reader: User) -> None:
    watch_drop(reader, LONG_TITLE, "24.00", "19.50")


def back_in_stock(reader: User) -> None:
    book = add_book("Birdsong: A Story in Pictures", None)
    change_price(book, None, availability="out_of_stock")
    create_watch(user=reader, book=book, terms=WatchTerms(rule=WatchRule.BACK_IN_STOCK))
    change_price(book, None)
    other = add_book("Soumission", "12.00", currency="EUR")
    change_price(other, "12.00", availability="out_of_stock")
    create_watch(user=reader, book=other, terms=WatchTerms(rule=WatchRule.BACK_IN_STOCK))
    change_price(other, "13.00")


def digest(reader: User) -> None:
    """More books than a mail shows, in several currencies and scripts, and one whose price rose again."""
    Channel.objects.filter(owner=reader).update(schedule="daily")
    watch_drop(reader, "吾輩は猫である", "1200", "980", currency="JPY")
    watch_drop(reader, "ألف ليلة وليلة", "14.00", "11.20", currency="EUR")
    watch_drop(reader, LONG_TITLE, "24.00", "19.50")
    rising = watch_drop(reader, "Soumission", "12.00", "9.80", currency="EUR")
    change_price(rising, "12.50")
    for number in range(1, 21):
        watch_drop(reader, f"The Pathfinders, volume {number}", "9.90", "8.10")
    make_due()


def outdated_price(reader: User) -> None:
    watch_drop(reader, "Sapiens: A Brief History of Humankind", "20.00", "16.00")
    rising = watch_drop(reader, "The Elephant Tree", "11.50", "9.20")
    change_price(rising, "12.00")


def make_due() -> None:
    """The hour of digests has come."""
    wake_all()
    DBTaskResult.objects.all().delete()
    for channel in Channel.objects.all():
        channel.deliveries.update(due_at=F("due_at") - timedelta(days=7))


def make_staff(reader: User) -> None:
    User.objects.filter(pk=reader.pk).update(is_staff=True, is_superuser=True)
    NotificationPreferences.objects.create(user=reader, staff_runs=True, staff_reviews=True)


def staff_events(reader: User) -> None:
    make_staff(reader)
    reason = "The catalogue states 1,000 books, but only 412 were read. No change was applied."
    facts = {"run": 7, "site": "books_to_scrape", "reason": reason}
    report(StaffEvent(kind=StaffEvent.Kind.RUN_REJECTED, key="run 7", facts=facts))
    reason = "20 pages in a row could not be read"
    report(StaffEvent(kind=StaffEvent.Kind.SHOP_PAUSED, key="harbour", facts={"site": "harbour", "reason": reason}))
    report(StaffEvent(kind=StaffEvent.Kind.REVIEW_WAITING, key="reviews"))
    User.objects.filter(pk=reader.pk).update(is_staff=False, is_superuser=False)


def staff_event(reader: User) -> None:
    make_staff(reader)
    facts = {"run": 8, "site": "books_to_scrape", "reason": "books.toscrape.com returned status 503"}
    report(StaffEvent(kind=StaffEvent.Kind.RUN_FAILED, key="run 8", facts=facts))
    User.objects.filter(pk=reader.pk).update(is_staff=False, is_superuser=False)


def channel_off(reader: User) -> None:
    """Ten failed attempts at a webhook."""
    book = add_book("The Salt Path", "10.99")
    create_watch(user=reader, book=book, terms=DROP)
    webhook = Channel.objects.create(
        owner=reader, kind="webhook", address="https://hooks.example.org/colophon", origin=ORIGIN,
        confirmed_at=timezone.now(), failures=MAX_FAILURES - 1,
    )  # fmt: skip
    test = send_test(webhook)
    wake_all()
    DBTaskResult.objects.all().delete()
    message = claim_message(webhook.pk)
    assert message is not None, test
    fail(message, SendingFailed("The receiver returned status 500."))


def test_message(reader: User) -> None:
    send_test(Channel.objects.get(owner=reader))


def confirmation(reader: User) -> None:
    add_channel(NewChannel(kind="email", address="ann@work.example"), owner=reader, origin=ORIGIN)


def password(reader: User) -> None:
    request_password_mail(reader.email, page=f"{ORIGIN}/new-password")


MAILS: dict[str, Cause] = {
    "one-price": one_price,
    "long-title": long_title,
    "back-in-stock": back_in_stock,
    "outdated-price": outdated_price,
    "digest": digest,
    "staff-event": staff_event,
    "staff-events": staff_events,
    "channel-off": channel_off,
    "test-message": test_message,
    "confirmation": confirmation,
    "password": password,
}
