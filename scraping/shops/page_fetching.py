"""Fetches single pages of a shop, with its shared rate and the stored robots.txt."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.utils import timezone

from core.http_errors import PrivateAddressError
from core.text import to_printable
from scraping.errors import ChallengePage, Disallowed, FetchError, OtherHost, ShopRefuses
from scraping.fetching.fetcher import Fetcher
from scraping.fetching.options import FetchOptions
from scraping.models import Shop
from scraping.page import NotModified, Page, Validators
from scraping.shops.host_rate import HostBusy, SharedRateLimiter
from scraping.shops.rejections import Cause, Postponed, Rejected

F = TypeVar("F", bound=Fetcher)
PRIVATE_SHOP = (
    "is in a private network, which Colophon does not read. Use a public address, or ask the operator of Colophon to "
    "permit private ones."
)
ROBOTS_AGE = timedelta(hours=24)  # RFC 9309, 2.4: a stored file is used for at most 24 hours
GONE_STATUSES = {404, 410}
CAUSES: list[tuple[type[FetchError], Cause]] = [
    (Disallowed, Cause.ROBOTS),
    (OtherHost, Cause.OTHER_HOST),
    (ChallengePage, Cause.CHALLENGE),
]

logger = logging.getLogger(__name__)


class ShopFetcher:
    """Fetches pages of one shop. `max_wait`: seconds to wait for a turn; longer waits raise Postponed."""

    def __init__(self, shop: Shop, fetcher: Fetcher) -> None:
        self._shop = shop
        self._fetcher = fetcher

    def fetch(self, url: str, validators: Validators) -> Page | NotModified:
        """Raises Rejected, Postponed, or Halted."""
        with self.map_errors():
            return self._fetcher.fetch_page(url, validators)

    @contextmanager
    def map_errors(self) -> Iterator[None]:
        """Raises Rejected or Postponed for the errors of requests in the block, and stores robots.txt."""
        try:
            yield
        except HostBusy as error:
            raise Postponed(error.retry_after or 0.0) from error
        except ShopRefuses as error:
            raise Rejected(Cause.REFUSED, str(error), status=429) from error
        except FetchError as error:
            raise Rejected(_find_cause(error), _describe(error), status=error.status) from error
        finally:
            self._store_robots()

    def _store_robots(self) -> None:
        if self._fetcher.robots_texts.keys() != self._shop.robots.keys():
            self._shop.robots, self._shop.robots_read_at = self._fetcher.robots_texts, timezone.now()
            self._shop.save(update_fields=["robots", "robots_read_at"])


@contextmanager
def open_shop(shop: Shop, *, max_wait: float, halt: threading.Event | None = None) -> Iterator[ShopFetcher]:
    """Raises what ShopFetcher.fetch raises."""
    with create_fetcher(Fetcher, shop, max_wait=max_wait, halt=halt or threading.Event()) as fetcher:
        yield ShopFetcher(shop, fetcher)


def create_fetcher(fetcher_class: type[F], shop: Shop, *, max_wait: float, halt: threading.Event) -> F:
    """A fetcher with the rate that all workers share, and with the stored robots.txt unless it is too old."""
    if shop.robots_read_at is None or timezone.now() - shop.robots_read_at > ROBOTS_AGE:
        shop.robots = {}
    limiter = SharedRateLimiter(shop.host, shop.delay, halt, max_wait=max_wait)
    return fetcher_class(f"https://{shop.host}/", fetch_options(shop), halt, limiter=limiter, robots=shop.robots)


def fetch_options(shop: Shop) -> FetchOptions:
    """A page that cannot be read is due again later, so that there are no attempts at once."""
    return FetchOptions(
        delay=shop.delay,
        contact=settings.CONTACT,
        connections=1,
        private_addresses=settings.PRIVATE_ADDRESSES,
        attempts=1,
        follows_www=True,
        detects_challenges=True,
    )


def _describe(error: FetchError) -> str:
    """A sentence for readers, who cannot change the settings that the error names."""
    if _is_about_private_address(error):
        logger.warning("%s.", error)
        return f"{to_printable(error.url)} {PRIVATE_SHOP}"
    return f"{error}."


def _is_about_private_address(error: BaseException | None) -> bool:
    """Also if robots.txt could not be fetched for this reason, or a redirect leads there."""
    return error is not None and (isinstance(error, PrivateAddressError) or _is_about_private_address(error.__cause__))


def _find_cause(error: FetchError) -> Cause:
    for error_class, cause in CAUSES:
        if isinstance(error, error_class):
            return cause
    if error.status in {403, 429}:
        return Cause.REFUSED
    return Cause.NOT_FOUND if error.status in GONE_STATUSES else Cause.UNREACHABLE
