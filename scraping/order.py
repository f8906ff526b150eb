"""What is to be crawled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from scraping.fetcher import Manners
from scraping.sites import Site

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be crawled. `limit` counts books, None for all; `url` says where the shop is, `site` what it is.

    A book's page is fetched again, though its listing says nothing new, when it was last read `max_age` ago: the
    details that only the page shows are never older. Zero asks for every page. `is_full` fetches every page outright,
    whatever is known of it.
    """

    site: Site
    url: str
    manners: Manners
    limit: int | None = None
    dry_run: bool = False
    max_age: timedelta = timedelta(days=30)
    is_full: bool = False


def first_line(error: BaseException) -> str:
    """An error's message as one line; its kind where it has none."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
