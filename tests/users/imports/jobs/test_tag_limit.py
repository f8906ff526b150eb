"""Rows with more tags than a book can have: the others are added, and the report names the row."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.support.factories import make_book
from tests.support.imports import goodreads_file, import_file, outcomes_of, row_of
from users.library.tags import set_tags
from users.models import LibraryEntry, User
from users.models.tag import MAX_TAGS

pytestmark = pytest.mark.django_db
NAMES = [f"tag{number:03}" for number in range(MAX_TAGS)]
FULL = {"Title": "Odes", "Author": "Horace", "Bookshelves": ", ".join(NAMES)}
MANY = {**FULL, "Exclusive Shelf": "unsorted"}  # a shelf of the reader's own becomes a tag
NO_ROOM = "A book can have 100 tags, so that {} of the row’s tags were not added."


def tags_of(user: User) -> list[str]:
    return sorted(tag.name for tag in LibraryEntry.objects.get(user=user).tags.all())


@pytest.mark.parametrize("is_in_catalogue", [True, False])
def test_new_entry_gets_the_first_tags(ann: User, is_in_catalogue: bool) -> None:
    if is_in_catalogue:
        make_book(title="Odes", authors=["Horace"])

    job = import_file(ann, goodreads_file(MANY))

    assert outcomes_of(job) == ["created"]
    assert row_of(job).reason == NO_ROOM.format(1)
    assert tags_of(ann) == NAMES


def test_new_entry_with_as_many_tags_as_a_book_can_have(ann: User) -> None:
    job = import_file(ann, goodreads_file(FULL))

    assert row_of(job).reason == ""
    assert tags_of(ann) == NAMES


def test_new_entry_that_waits_for_a_review_has_both_reasons(ann: User) -> None:
    make_book(title="Odes", authors=["Someone else"])

    job = import_file(ann, goodreads_file(MANY))

    assert outcomes_of(job) == ["needs_review"]
    assert row_of(job).reason.startswith("Other books of the catalogue have this title.")
    assert row_of(job).reason.endswith(NO_ROOM.format(1))
    assert tags_of(ann) == NAMES


def test_entry_of_the_library_gets_tags_while_it_has_room(ann: User) -> None:
    entry = LibraryEntry.objects.create(user=ann, book=make_book(title="Odes", authors=["Horace"]))
    set_tags(entry, ["latin"])

    job = import_file(ann, goodreads_file(MANY))

    assert (outcomes_of(job), row_of(job).reason) == (["updated"], NO_ROOM.format(2))
    assert tags_of(ann) == ["latin", *NAMES[:-1]]


def test_report_of_the_command_names_the_row(ann: User, tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(goodreads_file(MANY, {"Title": "Emma"}))
    output, text = io.StringIO(), io.StringIO()

    call_command("import_library", str(file), user=ann.email, json=True, stdout=output)
    set_tags(LibraryEntry.objects.get(book__title="Odes"), [f"own{number}" for number in range(MAX_TAGS)])
    call_command("import_library", str(file), user=ann.email, stdout=text)

    problem = {"line": 2, "field": None, "message": NO_ROOM.format(1)}
    assert json.loads(output.getvalue())["problems"] == [problem]
    assert f"Problems: 1\n  line 2: {NO_ROOM.format(101)}" in text.getvalue()
