"""Limits the rate of the requests to the hosts of covers, over all processes."""

import time
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from books.models import ExternalService
from books.request_rate import find_next_time, lock_service
from core.db.clock import read_time

PREFIX = "covers:"
DEFAULT_DELAY = 1.0  # seconds between two requests to a host
MAX_WAIT = 10.0  # seconds
PAUSE = 60.0  # seconds without a request after a host did not respond
KEPT = timedelta(days=1)


class Postponed(Exception):
    """The host's next request is too far away to wait for it. `seconds` until then."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The next request is possible in {seconds:.0f} s.")
        self.seconds = seconds


def wait_for_turn(host: str) -> None:
    """Waits until the host may be requested. Raises Postponed instead of waiting longer than MAX_WAIT."""
    time.sleep(reserve(host))


def reserve(host: str) -> float:
    """Reserves the next request to the host. Returns the seconds to wait before sending it. Raises Postponed."""
    delay = find_delay(host)
    with transaction.atomic():
        service = lock_service(PREFIX + host)
        now = read_time()
        scheduled = find_next_time(service, now, interval=delay)
        if scheduled - now > MAX_WAIT:
            raise Postponed(scheduled - now)
        service.next_request_at = scheduled + delay
        service.save(update_fields=["next_request_at"])
    return scheduled - now


def pause(host: str) -> None:
    """Postpones the next request by PAUSE, so that a dead host does not occupy the workers."""
    ExternalService.objects.filter(name=PREFIX + host).update(next_request_at=read_time() + PAUSE)


def find_delay(host: str) -> float:
    """Seconds between two requests: those in SHOP_DELAY or SHOP_DELAYS for a shop in SHOP_URL or SHOP_URLS."""
    sites = (site for site, url in settings.SHOP_URLS.items() if urlsplit(url).hostname == host)
    return next((settings.SHOP_DELAYS[site] for site in sites if site in settings.SHOP_DELAYS), DEFAULT_DELAY)


def delete_unused_hosts() -> None:
    """Redirects can lead to many hosts."""
    latest = read_time() - KEPT.total_seconds()
    ExternalService.objects.filter(name__startswith=PREFIX, next_request_at__lt=latest).delete()
