"""Review, tags, progress, format, ownership and the date added, on the book's page."""

import re
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.support.factories import make_book
from tests.web.pages import get_page, parse, text_of, texts_of
from users.library.tags import set_tags
from users.models import EntryOrigin, LibraryEntry, Tag, User

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NONE = ["(none)", "(none)", "page"]  # tags and progress


@pytest.fixture
def entry(owner: User) -> LibraryEntry:
    created: LibraryEntry = LibraryEntry.objects.create(
        user=owner, book=make_book(title="Odes"), status="reading", added_on=date(2024, 5, 3)
    )
    return created


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


def test_details_are_saved_and_shown(owner_client: Client, entry: LibraryEntry) -> None:
    response = save(
        owner_client, entry, "details",
        tags="Poetry, to lend,, poetry", progress="40", unit="percent", format="audio", owned="on",
        added_on="2023-01-09",
    )  # fmt: skip

    assert response["Location"] == f"{path_of(entry)}/odes#reading"
    assert [tag.name for tag in entry.tags.all()] == ["Poetry", "to lend"]
    assert (entry.progress, entry.format, entry.owned) == ({"percent": 40}, "audio", True)
    assert (entry.added_on, entry.version) == (date(2023, 1, 9), 2)
    page = get_page(path_of(entry), owner_client)
    assert text_of(page, "#progress") == "40 %"
    assert page.select("#progress rect[width='40']")
    links = [str(link["href"]) for link in page.select("#details .chips a")]
    assert links == ["/library?tag=Poetry", "/library?tag=to%20lend"]
    assert texts_of(get_page(links[1], owner_client), "li h3") == ["Odes"]


def test_saving_the_form_as_it_is_changes_no_value(owner_client: Client, entry: LibraryEntry) -> None:
    """Names with commas and quotes come from the API and from imports."""
    set_tags(entry, ["crime, cosy", '"so-called"', "C#", '24" records'])
    LibraryEntry.objects.update(progress_page=120, format="paper", owned=True, review="\nLine\n\nOther", added_on=None)
    entry.refresh_from_db()
    names = ("review", "contains_spoilers", "owned", "format", "progress", "added_on")
    before = [getattr(entry, name) for name in names], sorted(Tag.objects.values_list("name"))

    for form in ("details", "review"):
        assert save(owner_client, entry, form).status_code == 302

    assert ([getattr(entry, name) for name in names], sorted(Tag.objects.values_list("name"))) == before
    assert entry.tags.count() == 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"progress": "101", "unit": "percent"}, "A progress is at most 100 per cent."),
        ({"progress": "100001", "unit": "page"}, "A page is at most 100,000."),
        ({"progress": "half"}, "Enter a whole number."),
        ({"progress": "-1"}, "greater than or equal to 0"),
        ({"unit": "miles"}, "miles is not one of the available choices"),
        ({"format": "vinyl"}, "vinyl is not one of the available choices"),
        ({"added_on": "2024-05"}, "Use a date such as 2024-05-03"),
        ({"tags": "x" * 101}, "is longer than 100 characters"),
        ({"tags": "crime, \u0301"}, "consists of accents"),
        ({"tags": ",".join(map(str, range(101)))}, "A book can have 100 tags"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_invalid_details_are_explained_and_kept_in_the_form(
    owner_client: Client, entry: LibraryEntry, changes: dict[str, str], message: str, *, htmx: bool
) -> None:
    response = save(owner_client, entry, "details", htmx=htmx, **changes)

    page = parse(response)
    assert response.status_code == (200 if htmx else 422)
    assert message in " ".join(texts_of(page, "#details .errorlist"))
    form = read_form(page, "details")
    assert {name: form.get(name, value) for name, value in changes.items()} == changes
    assert entry.version == 1


@pytest.mark.parametrize("number", [100, 120])
def test_as_many_tags_as_there_are_can_be_kept_and_removed(
    owner_client: Client, entry: LibraryEntry, number: int
) -> None:
    """Long names full of quotes. Earlier versions let several books get more tags than a book can have."""
    names = [f'"{index:03}, {90 * chr(34)}' for index in range(number)]
    set_tags(entry, names)

    assert save(owner_client, entry, "details", progress="40").status_code == 302
    assert sorted(tag.name for tag in entry.tags.all()) == names
    assert save(owner_client, entry, "details", tags="crime").status_code == 302
    assert [tag.name for tag in entry.tags.all()] == ["crime"]


def test_review_is_apart_from_the_notes(owner_client: Client, entry: LibraryEntry) -> None:
    response = save(owner_client, entry, "review", htmx=True, review="A surprising end.", contains_spoilers="on")

    page = parse(response)
    assert text_of(page, ".saved") == "✓ Saved"
    assert page.select("#entry-version[hx-swap-oob]")[0]["value"] == "2"
    assert (entry.review, entry.contains_spoilers, entry.notes) == ("A surprising end.", True, "")


@pytest.mark.parametrize(
    ("name", "mine", "theirs", "shown"),
    [
        ("review", {"review": "Mine"}, {"review": "Theirs"}, ["Theirs", "no"]),
        (
            "details",
            {"format": "paper"},
            {"format": "audio"},
            [*NONE, "Audio", "2024-05-03", "no"],
        ),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_what_changed_elsewhere_is_shown_and_not_overwritten(
    owner_client: Client, entry: LibraryEntry, name: str, mine: dict[str, str], theirs: dict[str, str],
    shown: list[str], *, htmx: bool
) -> None:  # fmt: skip
    opened = read_form(get_page(path_of(entry), owner_client), name)
    LibraryEntry.objects.update(**theirs)

    response = send(owner_client, entry, name, {**opened, **mine}, htmx=htmx)

    page = parse(response)
    (field,) = mine
    assert response.status_code == (200 if htmx else 412)
    assert texts_of(page, "dl.stored dd") == shown
    assert getattr(entry, field) == theirs[field]
    assert send(owner_client, entry, name, read_form(page, name)).status_code == 302
    assert getattr(entry, field) == mine[field]


def test_tags_that_changed_elsewhere_are_a_conflict(owner_client: Client, entry: LibraryEntry) -> None:
    opened = read_form(get_page(path_of(entry), owner_client), "details")
    set_tags(entry, ["crime"])

    assert send(owner_client, entry, "details", {**opened, "tags": "war"}).status_code == 412
    assert [tag.name for tag in entry.tags.all()] == ["crime"]


def test_changes_of_other_fields_are_no_conflict(owner_client: Client, entry: LibraryEntry) -> None:
    page = get_page(path_of(entry), owner_client)

    for name in ("details", "review"):
        LibraryEntry.objects.update(notes=name, rating=4)
        assert send(owner_client, entry, name, read_form(page, name)).status_code == 302


@pytest.mark.parametrize(
    ("status", "progress", "shown"),
    [
        ("reading", {"progress_page": 1200}, "page 1,200"),
        ("paused", {"progress_percent": 0}, "0 %"),
        ("read", {"progress_percent": 40}, ""),
        ("reading", {}, ""),
    ],
)
def test_progress_is_shown_while_the_book_is_read(
    owner_client: Client, entry: LibraryEntry, status: str, progress: dict[str, int], shown: str
) -> None:
    LibraryEntry.objects.update(status=status, **progress)

    page = get_page(path_of(entry), owner_client)
    assert text_of(page, "#progress") == shown
    assert page.select("#progress")[0].has_attr("hidden") is not bool(shown)


def test_existing_tags_of_the_library_are_proposed(owner_client: Client, owner: User, entry: LibraryEntry) -> None:
    other = LibraryEntry.objects.create(user=owner, book=make_book(title="Emma"))
    set_tags(other, ["to lend", "crime"])
    set_tags(LibraryEntry.objects.create(user=None, book=make_book(title="Ubik")), ["shared"])

    options = get_page(path_of(entry), owner_client).select("#tag-names option")

    assert [option["value"] for option in options] == ["crime", "to lend"]


def test_origin_of_an_imported_entry_is_named(owner_client: Client, entry: LibraryEntry) -> None:
    EntryOrigin.objects.create(entry=entry, source="goodreads", source_id="13554058")
    EntryOrigin.objects.create(entry=entry, source="isbn_list")

    assert "Imported from Goodreads (13554058), isbn list" in text_of(
        get_page(path_of(entry), owner_client), "#details"
    )


def test_shared_library_has_its_own_tags() -> None:
    client = Client()
    entry = LibraryEntry.objects.create(user=None, book=make_book(title="Odes"))
    form = read_form(get_page(path_of(entry), client), "details")

    response = client.post(path_of(entry, "/library/details?shared=true"), {**form, "tags": "crime"})

    assert response.status_code == 302
    page = get_page(path_of(entry), client)
    assert [link["href"] for link in page.select("#details .chips a")] == ["/library?shared=true&tag=crime"]
    assert Tag.objects.get().owner is None


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


READING = {"started_on": "2026-01-02", "finished_on": "", "outcome": ""}


def post_reading(client: Client, entry: LibraryEntry, end: str, form: dict[str, str]) -> BeautifulSoup:
    return parse(client.post(path_of(entry, f"/library/readings/{end}"), form, follow=True))


def seen_of(client: Client, entry: LibraryEntry, number: int) -> str:
    (field,) = get_page(path_of(entry), client).select(f"form[action$='readings/{number}'] [name=seen]")
    return str(field["value"])


def test_reading_that_changed_elsewhere_is_not_overwritten(owner_client: Client, entry: LibraryEntry) -> None:
    reading = entry.readings.create(started_on="2026-01")
    seen = seen_of(owner_client, entry, reading.pk)
    entry.readings.update(finished_on="2026-03-04", outcome="abandoned")

    page = post_reading(owner_client, entry, str(reading.pk), {**READING, "seen": seen})

    assert "ended 4 March 2026, abandoned" in " ".join(text_of(page, ".notice.bad").split())
    assert page.select("[name=started_on][value='2026-01-02']")
    assert str(entry.readings.get().started_on) == "2026-01"
    again = str(page.select("main [name=seen]")[0]["value"])
    post_reading(owner_client, entry, str(reading.pk), {**READING, "seen": again})
    assert (str(entry.readings.get().started_on), entry.readings.get().finished_on) == ("2026-01-02", None)


def test_reading_that_was_deleted_can_be_added_again(owner_client: Client, entry: LibraryEntry) -> None:
    reading = entry.readings.create(started_on="2026-01")
    seen = seen_of(owner_client, entry, reading.pk)
    reading.delete()

    page = post_reading(owner_client, entry, "999999", {**READING, "seen": seen})

    assert "deleted this reading" in text_of(page, ".notice.bad")
    (form,) = page.select("main form.dates")
    assert str(form["action"]).endswith("/library/readings")
    assert page.select("[name=started_on][value='2026-01-02']")


def test_reading_that_changed_elsewhere_is_not_deleted(owner_client: Client, entry: LibraryEntry) -> None:
    reading = entry.readings.create(started_on="2026-01")
    seen = seen_of(owner_client, entry, reading.pk)
    entry.readings.update(started_on="2026-02")

    page = post_reading(owner_client, entry, f"{reading.pk}/remove", {"seen": seen})

    assert "It is not deleted." in text_of(page, ".notice.bad")
    assert entry.readings.count() == 1
    post_reading(owner_client, entry, f"{reading.pk}/remove", {"seen": seen_of(owner_client, entry, reading.pk)})
    assert not entry.readings.exists()


def test_another_change_of_the_entry_is_no_conflict_of_a_reading(owner_client: Client, entry: LibraryEntry) -> None:
    reading = entry.readings.create(started_on="2026-01")
    seen = seen_of(owner_client, entry, reading.pk)
    save(owner_client, entry, "review", review="Good.")

    post_reading(owner_client, entry, str(reading.pk), {**READING, "seen": seen})

    assert str(entry.readings.get().started_on) == "2026-01-02"
