"""The search rows of single works: they state the year, the languages and the authors that a work's record lacks."""

from collections.abc import Iterable
from dataclasses import asdict

from django.core.cache import cache

from books.openlibrary.cache import FRESH_SECONDS
from books.openlibrary.search_results import SearchResult, search_result
from books.openlibrary.service import SAVE_MAX_WAIT, cached, request_search
from books.records import RecordError

FIELDS = "key,title,subtitle,author_key,author_name,first_publish_year,language,edition_count,cover_i,isbn"


def find_row(work_key: str) -> SearchResult | None:
    """The row of a work; None if the search does not know it. Raises OpenLibraryError.

    New records are missing in the search for a while. Then the row that a search has shown is used.
    """
    parameters = {"q": f"key:/works/{work_key}", "fields": FIELDS, "limit": "1"}
    value = cached("row", parameters, lambda: _request_row(parameters, work_key)).value or cache.get(_row_key(work_key))
    return SearchResult(**value) if value else None


def remember_rows(results: Iterable[SearchResult]) -> None:
    """Keeps the rows that a search shows, because a book is saved with what its row showed."""
    cache.set_many({_row_key(each.work_key): asdict(each) for each in results if each.work_key}, FRESH_SECONDS)


def _request_row(parameters: dict[str, str], work_key: str) -> dict[str, object] | None:
    for doc in request_search(parameters, max_wait=SAVE_MAX_WAIT)["docs"]:
        try:
            row = search_result(doc)
        except RecordError:
            continue
        if row.work_key == work_key:
            return asdict(row)
    return None


def _row_key(work_key: str) -> str:
    return f"openlibrary:row:{work_key}"
