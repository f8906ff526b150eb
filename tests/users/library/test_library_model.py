"""The fields of library entries and readings in the API."""

import pytest
from rest_framework.test import APIClient

from books.models import Book
from tests.support.factories import make_book, make_user
from tests.support.library import save_book, save_new_book
from users.library.tags import set_tags
from users.models import LibraryEntry, Tag

ALL_FIELDS = {
    "status": "paused",
    "rating": "0.5",
    "progress": {"page": 120},
    "review": "Slow.",
    "contains_spoilers": True,
    "notes": "Lent to Bob.",
    "tags": ["Crime", "été"],
    "owned": True,
    "format": "ebook",
    "added_on": "2019-05-03",
}


@pytest.fixture
def entry_path(ann_client: APIClient) -> str:
    return f"/api/library/{save_new_book(ann_client)['id']}"


def test_all_fields_are_changed_and_returned(ann_client: APIClient, entry_path: str) -> None:
    response = ann_client.patch(entry_path, ALL_FIELDS)

    assert response.status_code == 200, response.json()
    for name, value in ALL_FIELDS.items():
        assert response.json()[name] == value, name
        assert ann_client.get(entry_path).json()[name] == value, name


def test_all_fields_are_accepted_with_a_new_entry(ann_client: APIClient) -> None:
    entry = save_book(ann_client, book=make_book().pk, **ALL_FIELDS).json()

    assert {name: entry[name] for name in ALL_FIELDS} == ALL_FIELDS


def test_progress_is_a_page_or_per_cent(ann_client: APIClient, entry_path: str) -> None:
    ann_client.patch(entry_path, {"progress": {"page": 5}})

    assert ann_client.patch(entry_path, {"progress": {"percent": 40}}).json()["progress"] == {"percent": 40}
    assert ann_client.patch(entry_path, {"progress": None}).json()["progress"] is None


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"progress": {"page": 1, "percent": 1}}, "/progress"),
        ({"progress": {"percent": 101}}, "/progress/percent"),
        ({"progress": {"page": -1}}, "/progress/page"),
        ({"progress": 5}, "/progress"),
        ({"tags": ["x" * 101]}, "/tags/0"),
        ({"tags": [" "]}, "/tags/0"),
        ({"tags": ["\u0301"]}, "/tags/0"),
        ({"tags": "crime"}, "/tags"),
        ({"added_on": "2026-02-30"}, "/added_on"),
        ({"added_on": "2026-02"}, "/added_on"),
        ({"format": "scroll"}, "/format"),
        ({"owned": "yes"}, "/owned"),
        ({"review": "x" * 10_001}, "/review"),
    ],
)
def test_invalid_values_are_rejected_with_their_field(
    ann_client: APIClient, entry_path: str, change: dict[str, object], pointer: str
) -> None:
    response = ann_client.patch(entry_path, change)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer


def test_tags_that_differ_in_case_and_accents_are_one_tag(ann_client: APIClient, entry_path: str) -> None:
    assert ann_client.patch(entry_path, {"tags": ["Été", "ete", "ÉTÉ"]}).json()["tags"] == ["Été"]

    other = save_book(ann_client, book=make_book().pk, tags=["ETE"]).json()

    assert other["tags"] == ["Été"]
    assert ann_client.get("/api/library/tags").json() == [{"name": "Été", "number": 2}]


def test_stored_tag_of_accents_only_can_be_sent_again(ann_client: APIClient, entry_path: str) -> None:
    """Earlier versions stored such tags."""
    set_tags(LibraryEntry.objects.get(pk=entry_path.rsplit("/", 1)[-1]), ["\u0301"])
    tags = ann_client.get(entry_path).json()["tags"]

    assert sorted(ann_client.patch(entry_path, {"tags": [*tags, "crime"]}).json()["tags"]) == ["crime", "\u0301"]
    assert ann_client.patch(entry_path, {"tags": ["\u0300"]}).status_code == 422
    assert save_book(ann_client, book=make_book().pk, tags=["\u0301"]).status_code == 422


def test_a_tag_without_entries_is_deleted(ann_client: APIClient, entry_path: str) -> None:
    ann_client.patch(entry_path, {"tags": ["crime"]})

    ann_client.patch(entry_path, {"tags": []})

    assert not Tag.objects.exists()


def test_tags_belong_to_their_owner(ann_client: APIClient, entry_path: str) -> None:
    ann_client.patch(entry_path, {"tags": ["crime"]})
    LibraryEntry.objects.create(user=make_user(), book=make_book())

    assert Tag.objects.get().owner == LibraryEntry.objects.get(pk=entry_path.rsplit("/", 1)[-1]).user


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("tag=CRIME", 1),
        ("tag=cri", 0),
        ("owned=true", 1),
        ("owned=false", 1),
        ("book_format=ebook", 1),
        ("status=paused", 1),
        ("rating=0.5", 1),
        ("text=slow", 1),
    ],
)
def test_filters(ann_client: APIClient, entry_path: str, query: str, number: int) -> None:
    ann_client.patch(entry_path, ALL_FIELDS)
    save_new_book(ann_client)

    assert ann_client.get(f"/api/library?{query}").json()["count"] == number


@pytest.mark.parametrize("value", ["2024", "2024-05", "2024-05-03", None])
def test_readings_keep_the_precision_of_their_dates(ann_client: APIClient, entry_path: str, value: str | None) -> None:
    response = ann_client.post(f"{entry_path}/readings", {"finished_on": value})

    assert response.status_code == 201
    assert response.json()["finished_on"] == value
    assert response.json()["outcome"] == ("finished" if value else None)


@pytest.mark.parametrize("value", ["2024-13", "2024-02-30", "24", "2024-5", "May", 2024, "0000"])
def test_impossible_dates_are_rejected(ann_client: APIClient, entry_path: str, value: object) -> None:
    response = ann_client.post(f"{entry_path}/readings", {"started_on": value})

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/started_on"


def test_a_year_is_not_before_a_month_of_it(ann_client: APIClient, entry_path: str) -> None:
    accepted = ann_client.post(f"{entry_path}/readings", {"started_on": "2024-05", "finished_on": "2024"})
    rejected = ann_client.post(f"{entry_path}/readings", {"started_on": "2024-05", "finished_on": "2024-04-30"})

    assert (accepted.status_code, rejected.status_code) == (201, 422)


def test_an_abandoned_reading_keeps_its_outcome(ann_client: APIClient, entry_path: str) -> None:
    reading = {"started_on": None, "finished_on": "2024", "outcome": "abandoned"}

    assert ann_client.post(f"{entry_path}/readings", reading).json()["outcome"] == "abandoned"


def test_an_entry_names_the_other_editions_in_its_library(ann_client: APIClient, entry_path: str) -> None:
    entry = LibraryEntry.objects.get(pk=entry_path.rsplit("/", 1)[-1])
    Book.objects.filter(pk=entry.book_id).update(work_key="OL45804W")
    second = LibraryEntry.objects.create(user=entry.user, book=make_book(work_key="OL45804W"))
    LibraryEntry.objects.create(user=entry.user, book=make_book())
    LibraryEntry.objects.create(user=make_user(), book=make_book(work_key="OL45804W"))

    assert ann_client.get(entry_path).json()["other_editions"] == [second.pk]
    page = ann_client.get("/api/library?work=OL45804W").json()
    assert [each["other_editions"] for each in page["results"]] == [[entry.pk], [second.pk]]
    assert ann_client.get("/api/library").json()["results"][0]["other_editions"] == []
    response = ann_client.get("/api/library?work=OL45804M")
    assert (response.status_code, response.json()["errors"][0]["parameter"]) == (422, "work")
