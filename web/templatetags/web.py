"""Template tags of the pages: addresses of books, covers, prices and times."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.urls import get_resolver, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.timesince import timesince

from books.covers.addresses import cover_address
from books.models import Book
from books.prices.chart import price_chart
from books.prices.history import PriceHistory
from core.money import format_difference, format_money, format_percent
from web.search_results import Search

register = template.Library()

MAX_SLUG = 60  # characters
HEIGHTS = {120: 180, 240: 360, 440: 660}  # of covers, by width
BookOrRow = Book | dict[str, Any]


def value_of(book: BookOrRow, name: str) -> Any:
    return book[name] if isinstance(book, dict) else getattr(book, name)


@register.simple_tag
def book_url(book: BookOrRow) -> str:
    """The address of a book's page. The title in it is for people, the id decides."""
    return page_url("book", value_of(book, "id"), value_of(book, "title"))


@register.simple_tag
def page_url(route: str, pk: int, name: str) -> str:
    """The address of the page of a book, an author or a category. It has no slug that would be another route."""
    slug = slugify(name)[:MAX_SLUG].strip("-")
    return f"{_path_before_id(route)}{pk}{f'/{slug}' if slug and slug not in _find_reserved_slugs(route) else ''}"


@lru_cache
def _path_before_id(route: str) -> str:
    """Reversing the URL of each book takes a twentieth of the time of a page."""
    return reverse(f"web:{route}", args=[0]).removesuffix("0")


@lru_cache
def _find_reserved_slugs(route: str) -> frozenset[str]:
    """The words after the id in other routes, such as "library" in /book/1/library."""
    prefix = f"{route}/<int:pk>/"
    patterns = (str(each.pattern) for each in get_resolver("web.urls").url_patterns)
    return frozenset(each.removeprefix(prefix) for each in patterns if each.startswith(prefix))


@register.simple_tag(takes_context=True)
def edit_link(context: Context, model: str, pk: int) -> SafeString:
    """A link to the object in the admin for staff who may change it; `model` is such as "books.book"."""
    app, name = model.split(".")
    user = context.get("user")
    if not (user and user.is_staff and user.has_perm(f"{app}.change_{name}")):
        return SafeString()
    address = reverse(f"admin:{app}_{name}_change", args=[pk])
    return format_html('<a class="edit" href="{}">Edit in admin</a>', address)


@register.simple_tag
def search_query(search: Search, parameter: str, number: int) -> str:
    """The query of the search's page with another page of one group."""
    changed = replace(search, page=number) if parameter == "page" else replace(search, works=number)
    return changed.query


@register.simple_tag
def cover(book: BookOrRow, width: int, *, is_first: bool = False) -> SafeString:
    """The cover with its size, so that nothing moves when it arrives. It has no text, because the title is next to it.

    Rows have the address for their width already (web.cards).
    """
    loading = "eager" if is_first else "lazy"
    return format_html(
        '<span class="cover"><img src="{}" width="{}" height="{}" alt="" loading="{}" decoding="async"></span>',
        book["cover"] if isinstance(book, dict) else cover_address(book, width),
        width,
        HEIGHTS[width],
        loading,
    )


@register.filter
def web_address(url: str | None) -> str:
    """The URL of a source for a link; empty unless it is HTTP, because a stored one may be older than that check."""
    return url if url and url.lower().startswith(("http://", "https://")) else ""


@register.filter
def author_names(book: BookOrRow) -> str:
    if isinstance(book, dict):
        return ", ".join(author["name"] for author in book["authors"])
    return ", ".join(authorship.shown_name for authorship in book.authorships.all())


@register.filter
def price(book: BookOrRow) -> str:
    """The price with its currency; empty if the source states none."""
    amount = value_of(book, "price")
    return "" if amount is None else format_money(Decimal(amount), value_of(book, "currency"))


@register.filter
def ago(time: datetime | None) -> str:
    """Such as "2 hours ago"."""
    if time is None:
        return "never"
    if timezone.now() - time < timedelta(minutes=1):
        return "just now"
    return f"{timesince(time, depth=1)} ago"


@register.filter
def stars(rating: Decimal | float | None) -> str:
    """Five stars, half of one as ⯪; the text next to them states the number."""
    halves = round(float(rating or 0) * 2)
    return "★" * (halves // 2) + "⯪" * (halves % 2) + "☆" * (5 - (halves + 1) // 2)


@register.filter
def rating_value(rating: Decimal | str | None) -> str:
    """The value of the rating in forms, such as 3.5 or 4; empty if there is none."""
    return f"{float(rating):g}" if rating else ""


@register.filter
def duration(seconds: int) -> str:
    """Such as "3 minutes"."""
    return timesince(timezone.now() - timedelta(seconds=seconds), depth=1)


@register.filter
def facts_line(book: Book) -> str:
    """Year, category and ISBN, as far as they are known."""
    isbn = f"ISBN {book.isbn_13}" if book.isbn_13 else ""
    return " · ".join(str(part) for part in (format_year(book.first_publish_year), book.category, isbn) if part)


@register.filter
def summary(book: Book) -> str:
    """A sentence for search engines: title, authors, year and price, as far as they are known."""
    authors, amount = author_names(book), price(book)
    work = f"{book.title} by {authors}" if authors else book.title
    facts = [f"{work} ({format_year(book.first_publish_year)})" if book.first_publish_year is not None else work]
    facts += [f"{amount} now, and its earlier prices"] if amount else []
    return f"{': '.join(facts)}."


def format_year(year: int | None) -> str:
    if year is None:
        return ""
    return f"{-year} BC" if year < 0 else str(year)


@register.simple_tag
def price_graph(history: PriceHistory) -> SafeString:
    return price_chart(history)


@register.filter
def money(amount: Decimal, currency: str) -> str:
    return format_money(amount, currency)


@register.filter
def amount(value: str, currency: str) -> str:
    """An amount of a JSON row with its currency."""
    return format_money(Decimal(value), currency)


@register.filter
def change_text(change: dict[str, Any]) -> str:
    """Such as "−20%" or, from a price of zero, "+£5.00"; empty if the currency changed."""
    if change["change_percent"] is not None:
        return format_percent(Decimal(change["change_percent"]))
    if change["difference"] is None:
        return ""
    return format_difference(Decimal(change["difference"]), change["currency"])


@register.filter
def thousands(number: int) -> str:
    """Such as 1,000."""
    return f"{number:,}"
