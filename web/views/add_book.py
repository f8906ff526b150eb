"""`/book/add`: a reader enters a book by hand."""

import logging
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.generic import FormView

from books.covers.image_process import ImageRefused
from books.covers.uploads import MAX_BYTES, TOO_LARGE, NotStored, read_images, upload_cover
from books.filters import IsbnField
from books.models import Book
from books.records import MAX_TEXT, MAX_YEAR, MIN_YEAR
from core.web.body_limits import AcceptsLargeBodies
from users.library.adding import NewBook, add_book, find_published, may_add_books
from users.library.new_books import MAX_AUTHORS
from users.models import LibraryEntry, User
from web.libraries import Library, find_library
from web.page import PageMixin
from web.templatetags.web import book_url

logger = logging.getLogger(__name__)


class AddBookForm(forms.Form):
    title = forms.CharField(max_length=MAX_TEXT["title"])
    authors = forms.CharField(required=False, widget=forms.Textarea({"rows": 3}), help_text="One name on each line.")
    isbn = IsbnField(required=False, label="ISBN", help_text="ISBN-10 or ISBN-13, hyphens optional.")
    first_publish_year = forms.IntegerField(
        required=False, min_value=MIN_YEAR, max_value=MAX_YEAR, label="Year", help_text="Of the first publication."
    )
    cover = forms.FileField(
        required=False, help_text=f"JPEG, PNG, WebP or GIF, at most {MAX_BYTES // 1024**2} MB.", allow_empty_file=True
    )
    status = forms.ChoiceField(choices=LibraryEntry.Status.choices)

    def clean_authors(self) -> tuple[str, ...]:
        names = tuple(name for line in self.cleaned_data["authors"].splitlines() if (name := " ".join(line.split())))
        if len(names) > MAX_AUTHORS:
            raise forms.ValidationError(f"At most {MAX_AUTHORS} authors are possible.")
        if any(len(name) > MAX_TEXT["author"] for name in names):
            raise forms.ValidationError(f"A name has at most {MAX_TEXT['author']} characters.")
        return names

    def clean_isbn(self) -> str | None:
        number: str | None = self.cleaned_data["isbn"] or None
        if book := find_published(number):
            raise forms.ValidationError(
                format_html('The catalogue has this book: <a href="{}">{}</a>', book_url(book), book.title)
            )
        return number

    def clean_cover(self) -> list[bytes] | None:
        """The image in all widths, so that an unusable one is reported before anything is saved."""
        file = self.cleaned_data["cover"]
        if file is None:
            return None
        if file.size > MAX_BYTES:
            raise forms.ValidationError(TOO_LARGE)
        try:
            return read_images(file.read())
        except ImageRefused as error:
            raise forms.ValidationError(f"The image {error}.") from error

    def to_book(self) -> NewBook:
        values = self.cleaned_data
        return NewBook(
            title=values["title"],
            authors=values["authors"],
            isbn_13=values["isbn"],
            first_publish_year=values["first_publish_year"],
        )


@method_decorator(login_required, name="get")
@method_decorator(login_required, name="post")
class AddBookView(PageMixin, AcceptsLargeBodies, FormView[AddBookForm]):
    large_bodies = {"post": MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE}  # the rest is for the texts
    section = "library"
    template_name = "web/add_book.html"
    form_class = AddBookForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User) and not may_add_books(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def library(self) -> Library:
        library = find_library(self.request)
        assert library is not None  # the reader has signed in
        return library

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label_suffix": ""}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(library=self.library, **context)

    def form_valid(self, form: AddBookForm) -> HttpResponse:
        user: Any = self.request.user
        entry = add_book(user=user, owner=self.library.owner, new=form.to_book(), status=form.cleaned_data["status"])
        if form.cleaned_data["cover"]:
            self._store_cover(entry.book, form.cleaned_data["cover"])
        messages.success(self.request, describe(entry.book, self.library))
        return redirect(f"{book_url(entry.book)}{self.library.page_query}")

    def _store_cover(self, book: Book, images: list[bytes]) -> None:
        try:
            upload_cover(book=book, images=images, by=self.request.user)
        except NotStored:
            logger.exception("The uploaded cover of book %d could not be stored.", book.pk)
            messages.error(
                self.request, "The book was added, but its cover could not be stored. Staff can add the cover later."
            )

    def form_invalid(self, form: AddBookForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


def describe(book: Book, library: Library) -> str:
    if book.is_published:
        return f"“{book.title}” is in the catalogue and in {library.name}."
    readers = "Only its readers see the book" if library.is_shared else "Only you see it"
    return f"“{book.title}” is in {library.name}. {readers} until staff publish it."
