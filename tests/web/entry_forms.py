"""The forms of an entry on the page of its book."""

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client

from tests.web.pages import get_page
from users.models import LibraryEntry

HTMX = {"HX-Request": "true"}
NONE = ["(none)", "(none)", "page"]  # tags and progress


def path_of(entry: LibraryEntry, end: str = "") -> str:
    return f"/book/{entry.book_id}{end}"


def read_form(page: BeautifulSoup, name: str) -> dict[str, str]:
    """The values that a browser sends with the form as it is."""
    (form,) = page.select(f"form#{name}")
    fields = {
        str(each["name"]): str(each.get("value", "on" if each.get("type") == "checkbox" else ""))
        for each in form.select("input[name]")
        if each.get("type") != "checkbox" or each.has_attr("checked")
    }
    fields |= {str(each["name"]): each.get_text().removeprefix("\n") for each in form.select("textarea")}
    chosen = {str(each["name"]): each.select("option[selected]") for each in form.select("select")}
    return fields | {name: str(options[0]["value"]) for name, options in chosen.items() if options}


def save(client: Client, entry: LibraryEntry, name: str, *, htmx: bool = False, **changes: str) -> Any:
    """Opens the page, changes some fields of the form and sends it."""
    return send(client, entry, name, {**read_form(get_page(path_of(entry), client), name), **changes}, htmx=htmx)


def send(client: Client, entry: LibraryEntry, name: str, form: dict[str, str], *, htmx: bool = False) -> Any:
    response = client.post(path_of(entry, f"/library/{name}"), form, headers=HTMX if htmx else {})
    entry.refresh_from_db()
    return response
