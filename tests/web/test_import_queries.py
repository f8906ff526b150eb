"""The pages of imports have a fixed number of queries, with few and with many rows."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.factories import make_book
from tests.web.import_files import goodreads, import_as_far_as_preview, import_file, odes
from tests.web.pages import BROWSER
from tests.web.test_queries import count_queries
from users.models import ImportJob

pytestmark = pytest.mark.django_db


def write_rows(number: int, *, first: int) -> bytes:
    """Each row has a question, and a title that the catalogue has of another author."""
    titles = [f"Book {index}" for index in range(first, first + number)]
    for title in titles:
        make_book(title=title, authors=[f"Author of {title}"])
    rows = [odes(**{"Book Id": title, "Title": title, "Exclusive Shelf": title, "My Rating": "4"}) for title in titles]
    return goodreads(*rows)


@pytest.mark.parametrize("step", [import_as_far_as_preview, import_file], ids=["preview", "report"])
def test_number_of_queries_is_fixed(owner_client: Client, step: Callable[[Client, bytes], ImportJob]) -> None:
    few = step(owner_client, write_rows(2, first=0))
    many = step(owner_client, write_rows(20, first=100))

    counts = [count_queries(f"/library/import/{job.pk}", owner_client) for job in (few, many)]

    assert counts[0] == counts[1]
    assert counts[0] <= 25


@pytest.mark.parametrize("sources", ["", "&sources=all"])
def test_search_again_has_a_fixed_number_of_queries(
    owner_client: Client, open_library: OpenLibrary, sources: str
) -> None:
    """With one book in both sources and with many. The response of Open Library is in the cache."""
    job = import_file(owner_client, write_rows(1, first=0))
    counts = []
    for title, number in (("Odes", 1), ("Epodes", 10)):
        for poet in range(number):
            make_book(title=title, authors=[f"Poet {poet}"])
            open_library.docs.append({"key": f"/works/OL{len(title)}{poet}W", "title": title})
        page = f"/library/import/{job.pk}/rows/1/search?title={title}{sources}"
        owner_client.get(page, headers=BROWSER)
        counts.append(count_queries(page, owner_client))

    assert counts[0] == counts[1]
    assert counts[0] <= (45 if sources else 25)


def test_list_of_imports_has_a_fixed_number_of_queries(owner_client: Client) -> None:
    import_file(owner_client, write_rows(2, first=0))
    few = count_queries("/library/import", owner_client)
    for number in range(1, 5):
        import_file(owner_client, write_rows(2, first=10 * number))

    assert count_queries("/library/import", owner_client) == few
