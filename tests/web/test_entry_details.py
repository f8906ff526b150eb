"""Details, tags, progress and review on the page of a book."""

from datetime import date

import pytest
from django.test import Client

from tests.support.factories import make_book
from tests.web.entry_forms import NONE, path_of, read_form, save, send
from tests.web.pages import get_page, parse, text_of, texts_of
from users.library.tags import set_tags
from users.models import EntryOrigin, LibraryEntry, Tag, User

pytestmark = pytest.mark.django_db


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
        ({"tags": "crime, \u0301"}, "has only accents"),
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


def test_stored_tag_of_accents_only_can_be_kept_and_removed(owner_client: Client, entry: LibraryEntry) -> None:
    """Earlier versions stored such tags."""
    set_tags(entry, ["\u0301", "crime"])

    assert save(owner_client, entry, "details", progress="40").status_code == 302
    assert sorted(tag.name for tag in entry.tags.all()) == ["crime", "\u0301"]
    assert save(owner_client, entry, "details", tags="crime, \u0301, latin").status_code == 302
    assert sorted(tag.name for tag in entry.tags.all()) == ["crime", "latin", "\u0301"]
    assert save(owner_client, entry, "details", tags="crime, \u0300").status_code == 422
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
