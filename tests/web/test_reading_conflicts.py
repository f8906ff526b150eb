"""Readings that changed elsewhere since the page was loaded."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.web.entry_forms import path_of, save
from tests.web.pages import get_page, parse, text_of
from users.models import LibraryEntry

pytestmark = pytest.mark.django_db


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
