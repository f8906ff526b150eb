"""What is to be crawled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from scraping.fetching.fetcher import Manners
from scraping.sites.site import Site

CONNECTIONS = 4  # requests at a time
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

    @property
    def age_limit(self) -> timedelta:
        return timedelta(0) if self.is_full else self.max_age


def manners(*, delay: float, connections: int) -> Manners:
    return Manners(
        delay=delay,
        connections=connections,
        contact=settings.CONTACT,
        private_addresses=settings.PRIVATE_ADDRESSES,
    )


def usual_order(site: Site, *, is_full: bool = False) -> Order:
    """As the settings have it."""
    return Order(
        site=site,
        url=settings.SHOP_URL,
        manners=manners(delay=settings.SHOP_DELAY, connections=CONNECTIONS),
        max_age=timedelta(days=settings.SHOP_MAX_AGE),
        is_full=is_full,
    )


def first_line(error: BaseException) -> str:
    """An error's message as one line; its kind where it has none."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
