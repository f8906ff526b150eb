"""The page that lists imports and offers the export, and who may see an import."""

import pytest
from django.test import Client

from tests.support.factories import make_user
from tests.web.import_files import (
    goodreads,
    import_file,
    odes,
)
from tests.web.pages import BROWSER, get_page, text_of
from users.models import LibraryEntry

pytestmark = pytest.mark.django_db


def test_library_links_to_the_import(owner_client: Client) -> None:
    page = get_page("/library", owner_client)

    assert page.select_one(".title-links a[href='/library/import']")
    assert page.select_one(".notice a[href='/library/import']")  # the library is empty


def test_library_can_be_downloaded(owner_client: Client) -> None:
    import_file(owner_client, goodreads(odes()))
    page = get_page("/library/import", owner_client)
    addresses = [str(link["href"]) for link in page.select("[aria-labelledby=export] a")]

    responses = [owner_client.get(address, headers=BROWSER) for address in addresses]

    names = [response["Content-Disposition"].rpartition(".")[2].strip('"') for response in responses]
    assert names == ["json", "csv", "zip"]
    assert b"Odes" in responses[0].getvalue()
    for response in responses:
        response.close()


def test_imports_are_listed_with_their_numbers(owner_client: Client) -> None:
    job = import_file(owner_client, goodreads(odes()))

    page = get_page("/library/import", owner_client)

    row = text_of(page, ".entry-row")
    assert row.startswith("export.csv Goodreads · just now · 1 added")
    assert page.select(f".entry-row a[href='/library/import/{job.pk}']")


def test_imports_of_other_readers_do_not_exist(owner_client: Client) -> None:
    job = import_file(owner_client, goodreads(odes()))
    other = Client()
    other.force_login(make_user())

    get_page(f"/library/import/{job.pk}", other, status=404)
    get_page(f"/library/import/{job.pk}/not-imported.csv", other, status=404)
    for action in ("columns", "format", "answers", "start", "cancel", "undo", "retry", "rows/1/accept", "rows/1/keep",
                   "rows/1/correct"):  # fmt: skip
        response = other.post(f"/library/import/{job.pk}/{action}", {"confirmed": "on"}, headers=BROWSER)
        assert response.status_code == 404, action
    assert not get_page("/library/import", other).select(".entry-row")
    assert LibraryEntry.objects.count() == 1


def test_visitors_sign_in_first(owner_client: Client) -> None:
    job = import_file(owner_client, goodreads(odes()))

    for path in ("/library/import", f"/library/import/{job.pk}"):
        response = Client().get(path, headers=BROWSER)
        assert response["Location"] == f"/sign-in?next={path}"
    response = Client().post(f"/library/import/{job.pk}/undo", {"confirmed": "on"}, headers=BROWSER)
    assert response["Location"] == f"/sign-in?next=/library/import/{job.pk}"
