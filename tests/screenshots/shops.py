"""A shop whose first prices wait for confirmation, one that is read, and the pages that a reader tracks."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from books.availability import Availability
from books.ingest import ingest
from books.models import Book
from books.records import AuthorRecord, BookRecord
from books.sources import register_source
from scraping.models import PageList, Shop, ShopPage, TrackedPage
from scraping.record_json import record_to_json
from scraping.shops.identity import compute_key
from users.models import User

WAITING = [
    ("Birdsong: A Story in Pictures", "James Christopher Carroll", "14.90", "in_stock"),
    ("The Elephant Tree", "R. D. Ronald", "11.50", "out_of_stock"),
    ("Worlds Elsewhere: Journeys Around Shakespeare’s Globe", "Andrew Dickson", "24.00", "preorder"),
]
DOUBT = "price: the number can be read in two ways: '1.234'"


def fill_shops(reader: User) -> None:
    new, known = add_shop("harbour", "Harbour Books", Shop.State.NEW), add_shop("lantern", "Lantern", "confirmed")
    pages = [add_waiting(new, number, *each) for number, each in enumerate(WAITING)]
    pages += [
        add_page(known, 1, state="read", book=add_book(known), sources={"price": "json-ld"}, read_at=timezone.now()),
        add_page(known, 2, state="in_doubt", reason=DOUBT, read_at=timezone.now() - timedelta(days=3)),
        add_page(known, 3),
    ]
    TrackedPage.objects.bulk_create(TrackedPage(page=page, user=reader) for page in pages[2:])
    PageList.objects.create(
        shop=known, key="1", url="https://lantern.example/sitemap-3.xml.gz", kind=PageList.Kind.SITEMAP, depth=1,
        searched_at=timezone.now(), is_pending=False, problem="returned status 404",
    )  # fmt: skip


def add_shop(name: str, label: str, state: str) -> Shop:
    register_source(name=name, label=label, is_shop=True)
    return Shop.objects.create(
        source_id=name, host=f"{name}.example", state=state, discovery=Shop.Discovery.SITEMAP, page_pattern="/book/*"
    )


def add_page(shop: Shop, number: int, **values: Any) -> ShopPage:
    url = f"https://{shop.host}/book/{number}"
    return ShopPage.objects.create(shop=shop, key=compute_key(url), url=url, **values)


def add_waiting(shop: Shop, number: int, title: str, author: str, price: str, availability: str) -> ShopPage:
    record = BookRecord(
        source=shop.pk, source_key=str(number), title=title, price=Decimal(price), currency="EUR",
        availability=Availability(availability), authors=(AuthorRecord.identified_by_name(author),),
    )  # fmt: skip
    sources = {"title": "json-ld", "price": "json-ld", "availability": "json-ld"}
    return add_page(
        shop, number, state="unconfirmed", record=record_to_json(record), sources=sources, read_at=timezone.now()
    )


def add_book(shop: Shop) -> Book:
    record = BookRecord(source=shop.pk, source_key="1", title="Sapiens", price=Decimal("18.20"), currency="EUR")
    ingest([record])
    return Book.objects.get(source=shop.pk)
