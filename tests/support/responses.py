"""Values that tests read from API responses."""

from typing import Any


def titles(response: Any) -> list[str]:
    """The titles of a page of books."""
    assert response.status_code == 200, response.content
    return [book["title"] for book in response.json()["results"]]


def open_library_status(body: Any) -> tuple[str, Any]:
    """Status and reason of Open Library in the body of a search. Fails unless the catalogue is `ok`."""
    (open_library, catalogue) = body["sources"]
    assert catalogue == {"name": "catalogue", "status": "ok", "age_seconds": 0, "reason": None}
    return open_library["status"], open_library["reason"]
