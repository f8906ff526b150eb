"""The pages of an author and of a category: their books."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView
from rest_framework.request import Request

from books.filters import CatalogueFilter
from books.models import Author, Authorship, Book, Category, Source
from core.exceptions import InvalidParameters
from web.cards import lay_out
from web.page import PageMixin
from web.page_cache import CachedPage
from web.templatetags.web import page_url
from web.views.catalogue import DEFAULT_ORDERING, LAYOUT_COOKIE, CataloguePages, describe

OPEN_LIBRARY_AUTHOR = "https://openlibrary.org/authors/"
MAX_NAMES = 6  # other names of an author


class BookListView(CachedPage, PageMixin, TemplateView):
    """The books of one object, in pages like those of the catalogue. Without books, the page does not exist."""

    section = "catalogue"
    varies_on_cookies = (LAYOUT_COOKIE,)
    is_indexed = True
    template_name = "web/book_list.html"
    find_books: Callable[[Any], QuerySet[Book]]
    model: type[Model]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        owner = get_object_or_404(self.model._default_manager.all(), pk=self.kwargs["pk"])
        query = select_ordering(self.request.GET)
        books = CatalogueFilter(query, self.find_books(owner))
        if not books.form.is_valid():
            raise InvalidParameters(books.form.errors)
        pages = CataloguePages()
        rows = pages.paginate_queryset(books.qs, Request(self.request))
        if not rows:
            raise Http404
        layout = "list" if self.request.COOKIES.get(LAYOUT_COOKIE) == "list" else "grid"
        context |= {
            "books": lay_out(rows, layout),
            "layout": layout,
            "heading": str(owner),
            "owner": owner,
            **self.describe_owner(owner),
        }
        return super().get_context_data(**{**describe(query, pages), **context})

    def describe_owner(self, owner: Any) -> dict[str, Any]:
        raise NotImplementedError

    def find_address(self, context: dict[str, Any]) -> str:
        owner = context["owner"]
        return page_url(owner._meta.model_name, owner.pk, owner.name)


def select_ordering(parameters: QueryDict) -> QueryDict:
    """The ordering alone: the filters belong to the catalogue."""
    query = QueryDict(mutable=True)
    query["ordering"] = parameters.get("ordering", DEFAULT_ORDERING)
    return query


class AuthorPageView(BookListView):
    """A page at `/author/<id>/<slug>` with the names and the source that are known."""

    model = Author

    def find_books(self, owner: Author) -> QuerySet[Book]:
        return Book.objects.published().filter(pk__in=Authorship.objects.filter(author=owner).values("book"))

    def describe_owner(self, owner: Author) -> dict[str, Any]:
        is_known = owner.source == Source.OPEN_LIBRARY
        return {
            "kind": "Author",
            "filter": f"author={owner.pk}",
            "other_names": find_other_names(owner),
            "open_library_url": f"{OPEN_LIBRARY_AUTHOR}{owner.source_key}" if is_known else None,
        }


def find_other_names(author: Author) -> list[str]:
    """The names by which books state the author, such as in another script."""
    stated = Authorship.objects.filter(author=author, name__isnull=False, book__is_published=True)
    names = stated.exclude(name=author.name)
    return [name for name in names.order_by("name").values_list("name", flat=True).distinct()[:MAX_NAMES] if name]


class CategoryPageView(BookListView):
    """A page at `/category/<id>/<slug>`."""

    model = Category

    def find_books(self, owner: Category) -> QuerySet[Book]:
        return Book.objects.published().filter(category=owner)

    def describe_owner(self, owner: Category) -> dict[str, Any]:
        return {"kind": "Category", "filter": f"category={owner.pk}"}
