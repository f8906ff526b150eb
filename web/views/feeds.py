"""Atom feeds of price changes and of new books, each also of one category."""

import hashlib
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.views.generic import View

from books import catalogue_version
from books.filters import id_or_name
from books.models import Book, Category, PriceObservation
from core.api.problem_details import page_or_problem
from core.exceptions import InvalidParameters
from core.filters import FoldedTextField
from core.money import format_money, format_percent
from core.text import remove_xml_controls
from web.page import PageMixin
from web.templatetags.web import author_names, page_url, price
from web.views.catalogue import ALL_CATEGORIES

ENTRIES = 50
CATEGORY = "category"
MAX_QUOTED = 60  # characters of a name


class UnknownCategory(Exception):
    """The message is for the reader."""


class CatalogueFeed(Feed[Any, Category | None]):
    """`route` is the name of the feed's URL, `page` that of the page with the same content."""

    feed_type = Atom1Feed
    author_name = "Colophon"
    language = settings.LANGUAGE_CODE
    route: str
    page: str
    heading: str
    kind: str  # in the ids of entries, which stay the same if a title changes

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Category | None:
        self.host = split_domain_port(request.get_host())[0]
        return find_category(request)

    def title(self, category: Category | None) -> str:
        return f"{self.heading}: {remove_xml_controls(category.name)}" if category else self.heading

    def link(self, category: Category | None) -> str:
        return page_url("category", category.pk, category.name) if category else reverse(self.page)

    def feed_url(self, category: Category | None) -> str:
        query = f"?{urlencode({CATEGORY: category.pk})}" if category else ""
        return f"{reverse(self.route)}{query}"

    def item_guid(self, item: Any) -> str:
        """A tag URI (RFC 4151)."""
        return f"tag:{self.host},2026:{self.kind}/{item.pk}"


class PriceChangesFeed(CatalogueFeed):
    route, page, kind = "web:feed-price-changes", "web:price-changes", "price-change"
    heading = "Price changes"
    subtitle = "The latest changes of prices in the catalogue."

    def items(self, category: Category | None) -> QuerySet[PriceObservation]:
        changes = PriceObservation.objects.changes().filter(book__is_published=True).select_related("book")
        changes = changes.filter(book__category=category) if category else changes
        return changes.order_by("-observed_at", "-pk")[:ENTRIES]

    def item_title(self, item: PriceObservation) -> str:
        return f"{remove_xml_controls(item.book.title)}: {describe_change(item)}"

    def item_description(self, item: PriceObservation) -> str:
        return format_html("<p>{}</p>", f"{remove_xml_controls(item.book.title)}: {describe_change(item)}.")

    def item_link(self, item: PriceObservation) -> str:
        return page_url("book", item.book.pk, item.book.title)

    def item_pubdate(self, item: PriceObservation) -> Any:
        return item.observed_at

    item_updateddate = item_pubdate


class NewBooksFeed(CatalogueFeed):
    route, page, kind = "web:feed-new-books", "web:catalogue", "book"
    heading = "New books"
    subtitle = "The books that were added to the catalogue last."

    def items(self, category: Category | None) -> QuerySet[Book]:
        books = Book.objects.published().with_authors().select_related("category")
        books = books.filter(category=category) if category else books
        return books.order_by("-created_at", "-pk")[:ENTRIES]

    def item_title(self, item: Book) -> str:
        return remove_xml_controls(item.title)

    def item_description(self, item: Book) -> str:
        facts = (author_names(item), str(item.category or ""), price(item))
        return format_html("<p>{}</p>", remove_xml_controls(" · ".join(filter(None, facts))))

    def item_link(self, item: Book) -> str:
        return page_url("book", item.pk, item.title)

    def item_pubdate(self, item: Book) -> Any:
        return item.created_at

    item_updateddate = item_pubdate


class FeedView(PageMixin, View):
    """Responds 304 without reading the entries if the catalogue is unchanged."""

    feed: type[CatalogueFeed]

    def get(self, request: HttpRequest) -> HttpResponseBase:
        etag = make_etag(request)
        if unchanged := respond_if_unchanged(request, etag):
            return unchanged
        try:
            response: HttpResponse = self.feed()(request)
        except UnknownCategory as error:
            return respond_to_unknown_category(request, str(error))
        response.headers["ETag"] = etag
        return response


class PriceChangesFeedView(FeedView):
    feed = PriceChangesFeed


class NewBooksFeedView(FeedView):
    feed = NewBooksFeed


def respond_to_unknown_category(request: HttpRequest, detail: str) -> HttpResponse:
    categories = f"{reverse('web:catalogue')}?{ALL_CATEGORIES}="
    return page_or_problem(
        request, 404, detail, links={"All categories": categories, "Feed of all categories": request.path}
    )


def make_etag(request: HttpRequest) -> str:
    """The version is read before the entries, so that a feed is never older than its ETag."""
    parts = "\n".join((settings.VERSION, str(catalogue_version.read()), request.build_absolute_uri()))
    return f'"{hashlib.sha256(parts.encode(errors="surrogateescape")).hexdigest()[:32]}"'


def respond_if_unchanged(request: HttpRequest, etag: str) -> HttpResponseBase | None:
    """304 if the client has this version. `If-Modified-Since` alone is ignored, because a title may change later."""
    if "If-None-Match" not in request.headers:
        return None
    return get_conditional_response(request, etag=etag)


def find_category(request: HttpRequest) -> Category | None:
    """The category of the parameter, an id or a whole name; None without the parameter.

    Raises UnknownCategory and InvalidParameters.
    """
    try:
        text = FoldedTextField(required=False).clean(request.GET.get(CATEGORY, ""))
    except forms.ValidationError as error:
        raise InvalidParameters({CATEGORY: error.messages}, code="invalid") from error
    if not text:
        return None
    category = Category.objects.filter(id_or_name(text)).first()
    if category is None:
        name = Truncator(request.GET[CATEGORY].strip()).chars(MAX_QUOTED)
        raise UnknownCategory(f"There is no category “{name}”. Use the id or the whole name of a category.")
    return category


def describe_change(change: PriceObservation) -> str:
    """Such as "£10.00 → £8.00 (−20%)". Amounts in two currencies have no difference."""
    assert change.previous_price is not None
    assert change.price is not None
    before = format_money(change.previous_price, change.previous_currency or "")
    after = format_money(change.price, change.currency or "")
    if change.change_percent is None:
        return f"{before} → {after}"
    return f"{before} → {after} ({format_percent(change.change_percent)})"
