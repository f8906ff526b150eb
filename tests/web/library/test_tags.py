"""Tags on the page of the library: filters, and tags of several books."""

import pytest
from django.test import Client

from tests.web.library.entries import add, apply, tags_of, titles_of
from tests.web.pages import get_page, parse, text_of, texts_of
from users.library.tags import set_tags
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tag=CRIME", ["Odes"]), ("tag=nothing", []), ("tag=", ["Emma", "Odes"]), ("owned=true", ["Odes"]),
        ("owned=false", ["Emma"]), ("book_format=audio", ["Emma"]), ("book_format=paper&tag=crime", []),
    ],
)  # fmt: skip
def test_tag_copy_and_format_filter(client: Client, reader: User, query: str, expected: list[str]) -> None:
    set_tags(add(reader, "Odes", owned=True), ["Crime"])
    add(reader, "Emma", format="audio")

    page = get_page(f"/library?{query}", client)

    assert titles_of(page) == expected
    assert "Crime (1)" in texts_of(page, "select[name=tag] option")


def test_tags_of_several_books_are_changed_and_undone(client: Client, reader: User) -> None:
    entries = [add(reader, "Odes"), add(reader, "Emma")]
    set_tags(entries[0], ["war"])

    apply(client, "add-tag", *entries, tag=" to  lend ")
    assert "Tag “to lend” added to 2 books." in texts_of(get_page("/library", client), ".notice")
    assert [tags_of(entry) for entry in entries] == [["to lend", "war"], ["to lend"]]
    for entry in entries:
        entry.refresh_from_db()
    apply(client, "remove-tag", *entries, tag="To Lend")
    assert [tags_of(entry) for entry in entries] == [["war"], []]
    client.post("/library/undo")
    assert [tags_of(entry) for entry in entries] == [["to lend", "war"], ["to lend"]]


def test_several_tags_are_separated_by_commas_also_after_a_conflict(client: Client, reader: User) -> None:
    entry = add(reader, "Odes")
    LibraryEntry.objects.update(version=2)

    page = parse(apply(client, "add-tag", entry, tag='war, "food, drink"'))

    assert texts_of(page, "tbody td") == ["Want to read", "Tags “war”, “food, drink” added"]
    client.post(
        "/library/change", {str(each["name"]): str(each["value"]) for each in page.select("main form input[name]")}
    )
    assert tags_of(entry) == ["food, drink", "war"]


@pytest.mark.parametrize("tag", ["", "x" * 101, "\u0301"])
def test_invalid_tags_change_nothing(client: Client, reader: User, tag: str) -> None:
    entry = add(reader, "Odes")

    apply(client, "add-tag", entry, tag=tag)

    assert texts_of(get_page("/library", client), ".notice.bad")
    assert tags_of(entry) == []


def test_books_without_room_for_more_tags_are_named_and_others_are_tagged(client: Client, reader: User) -> None:
    full, other = add(reader, "Odes"), add(reader, "Emma")
    set_tags(full, [f"t{number:03}" for number in range(99)])

    apply(client, "add-tag", full, other, tag="a, b, t001")

    notices = " ".join(texts_of(get_page("/library", client), ".notice"))
    assert "Tags “a”, “b”, “t001” added to 1 book." in notices
    assert "No tags were added to “Odes”: a book can have 100 tags. Remove some of them first." in notices
    assert (len(tags_of(full)), tags_of(other)) == (99, ["a", "b", "t001"])
    apply(client, "add-tag", full, tag="a, t001")
    assert len(tags_of(full)) == 100


@pytest.mark.parametrize(("tag", "message"), [("x" * 50_001, "50,000 characters"), ("a," * 101, "at most 100 tags")])
def test_a_text_with_too_many_tags_is_not_cut(client: Client, reader: User, tag: str, message: str) -> None:
    entry = add(reader, "Odes")

    apply(client, "add-tag", entry, tag=tag)

    assert message in text_of(get_page("/library", client), ".notice.bad")
    assert tags_of(entry) == []


def test_conflict_keeps_the_tag(client: Client, reader: User) -> None:
    entry = add(reader, "Odes")
    LibraryEntry.objects.update(version=2)

    page = parse(apply(client, "add-tag", entry, tag="war"))

    assert texts_of(page, "tbody td") == ["Want to read", "Tag “war” added"]
    fields = {str(each["name"]): str(each["value"]) for each in page.select("main form input[name]")}
    client.post("/library/change", fields)
    assert tags_of(entry) == ["war"]
