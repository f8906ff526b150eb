"""Spaces the requests to an external service. The state is a database row, shared by all processes."""

from books.models import ExternalService

MAX_CLOCK_CHANGE_SECONDS = 60.0  # times further ahead were written before the database's clock was set back


def lock_service(name: str) -> ExternalService:
    """Locks the row of the service until the end of the transaction. Creates a missing row."""
    ExternalService.objects.get_or_create(name=name)
    return ExternalService.objects.select_for_update().get(name=name)


def find_next_time(service: ExternalService, now: float, *, interval: float) -> float:
    """The earliest time of the next request, in seconds since 1970. `interval`: seconds between two requests."""
    is_reserved = now < service.next_request_at < now + interval + MAX_CLOCK_CHANGE_SECONDS
    return service.next_request_at if is_reserved else now
