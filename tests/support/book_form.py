"""The page of a book in the admin, and its form as a browser sends it."""

from typing import Any

from rest_framework.test import APIClient

from books.models import Book


def get_page(client: APIClient, path: str, **query: str) -> str:
    response = client.get(f"/admin/books/book/{path}", query)
    assert response.status_code == 200
    return str(response.content.decode())


def load_form(client: APIClient, book: Book, **changes: Any) -> dict[str, Any]:
    """The current values of all inputs on the book's page, with changes."""
    page = client.get(f"/admin/books/book/{book.pk}/change/")
    form = page.context["adminform"].form
    values = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    values |= {form[name].html_initial_name: values[name] for name in form.fields}
    for inline in page.context["inline_admin_formsets"]:
        for hidden in inline.formset.management_form:
            values[hidden.html_name] = hidden.value()
        for row in inline.formset.initial_forms:
            values |= {row[name].html_name: row[name].value() for name in row.fields if row[name].value() is not None}
    return {**values, **changes}


def save_form(client: APIClient, book: Book, **changes: Any) -> None:
    form = load_form(client, book, **changes)
    response = client.post(f"/admin/books/book/{book.pk}/change/", form, format="multipart")
    assert response.status_code == 302, response.content.decode()[:2000]
