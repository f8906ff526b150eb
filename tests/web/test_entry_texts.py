"""Notes and reviews are stored as they are."""

import re

import pytest
from django.test import Client

from tests.web.entry_forms import HTMX, path_of, read_form, send
from tests.web.pages import get_page, parse, text_of
from users.models import LibraryEntry

pytestmark = pytest.mark.django_db


LOSSLESS = ["  indented\n\ttab  \n\n", "\n\nfirst", " ", "a\r\nb\rc\nd", "\u202eabc\u202c 👩‍👩‍👧"]


@pytest.mark.parametrize("text", LOSSLESS)
@pytest.mark.parametrize("name", ["review", "notes"])
def test_texts_are_stored_as_they_are(owner_client: Client, entry: LibraryEntry, name: str, text: str) -> None:
    """A browser sends each line break as CR and LF. A text that was not edited stays as it was."""
    LibraryEntry.objects.update(**{name: text})
    form = read_form(get_page(path_of(entry), owner_client), name)

    send(owner_client, entry, name, {**form, name: re.sub(r"\r\n?|\n", "\r\n", text)})

    assert getattr(entry, name) == text


@pytest.mark.parametrize("name", ["review", "notes"])
def test_edited_texts_have_line_breaks_of_unix(owner_client: Client, entry: LibraryEntry, name: str) -> None:
    form = read_form(get_page(path_of(entry), owner_client), name)

    send(owner_client, entry, name, {**form, name: "  a\r\n\r\nb \r\n"})

    assert getattr(entry, name) == "  a\n\nb \n"


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("name", "changes", "kept"),
    [
        ("review", {"review": "<b>Mine</b>"}, "<b>Mine</b>"),
        ("details", {"tags": "Poetry", "progress": "40"}, "Tags: Poetry Progress: 40 Unit: page"),
    ],
)
def test_text_of_a_removed_entry_is_shown_to_be_copied(
    owner_client: Client, entry: LibraryEntry, name: str, changes: dict[str, str], kept: str, htmx: bool
) -> None:
    form = {**read_form(get_page(path_of(entry), owner_client), name), **changes}
    path = path_of(entry, f"/library/{name}")
    entry.delete()

    response = owner_client.post(path, form, headers=HTMX if htmx else {})

    assert response.status_code == (200 if htmx else 404)
    assert kept in text_of(parse(response), "#lost-text")
    assert "was removed from your library" in text_of(parse(response), ".notice.bad")
