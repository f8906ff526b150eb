"""Valid rows for tests. A test passes only the fields that it depends on."""

from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.models import Permission

from books.availability import from_in_stock
from books.models import Author, Authorship, Book, Category
from books.records import BookRecord
from users.models import User

_numbers = count(1)
CURATOR_PERMISSIONS = [
    *(
        f"books.{action}_{model}"
        for action in ("add", "change", "delete", "view")
        for model in ("book", "author", "category", "authorship")
    ),
    "books.delete_curatedfield",
    "books.view_curatedfield",
    "books.view_priceobservation",
    "books.change_heldprice",
    "books.view_heldprice",
    "scraping.add_scraperun",
    "scraping.change_scraperun",
    "scraping.add_shop",
    "scraping.change_shop",
    "scraping.view_shop",
    "scraping.view_shoppage",
    "scraping.view_scraperun",
    "scraping.view_scrapeproblem",
    "users.add_user",
    "users.view_user",
]


def make_user(**fields: Any) -> User:
    number = next(_numbers)
    return User.objects.create_user(**{"email": f"reader{number}@example.org", "name": f"Reader {number}", **fields})


def make_staff(*permissions: str, **fields: Any) -> User:
    """A staff account with these permissions, such as `books.change_book`, that is not a superuser."""
    user = make_user(is_staff=True, **fields)
    for app, codename in (name.split(".") for name in permissions):
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def make_curator(**fields: Any) -> User:
    """A staff account with the permissions of the group Curators, which transactional tests delete."""
    return make_staff(*CURATOR_PERMISSIONS, **fields)


def make_category(name: str = "Travel") -> Category:
    return Category.objects.get_or_create(name=name)[0]


def make_book(*, authors: list[str] | None = None, **fields: Any) -> Book:
    book = Book.objects.create(**{"title": f"Book {next(_numbers)}", **fields})
    for position, name in enumerate(authors or []):
        Authorship.objects.create(book=book, author=Author.objects.create(name=name), position=position)
    return book


def make_record(**fields: Any) -> BookRecord:
    """`in_stock` is short for the availability that a source states if it has no other words."""
    defaults: dict[str, Any] = {
        "source": "books_to_scrape",
        "source_key": f"upc{next(_numbers)}",
        "title": "A Title",
        "category": "Travel",
        "price": Decimal("10.00"),
        "currency": "GBP",
        "in_stock": True,
        "stock": 3,
        "rating": 4,
    }
    values = {**defaults, **fields}
    if "availability" not in values:
        values["availability"] = from_in_stock(values["in_stock"])
    del values["in_stock"]
    return BookRecord(**values)
