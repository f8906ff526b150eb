"""Errors of requests to Open Library."""


class OpenLibraryError(Exception):
    """`detail` completes a sentence that starts with "Open Library". `can_retry`: a later request may succeed.

    `status` is the state that the search reports for this source.
    """

    status = "unavailable"

    def __init__(self, detail: str, *, can_retry: bool) -> None:
        super().__init__(detail)
        self.detail = detail
        self.can_retry = can_retry


class Unreachable(OpenLibraryError):
    """No usable response: no connection, a timeout, a server error, or a body that is not the expected JSON."""


class AccessRefused(OpenLibraryError):
    """Open Library requires a contact address, or redirects to another host."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, can_retry=False)


class RateLimited(OpenLibraryError):
    """Open Library's rate limit or our own is exceeded."""

    status = "rate_limited"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, can_retry=True)


class TooManyRequestsInFlight(RateLimited):
    """This process has too many requests in flight. Does not count as a failure of Open Library."""


class CircuitOpen(OpenLibraryError):
    """The circuit breaker is open, or the equal request of another thread has just failed."""

    def __init__(self, detail: str, *, status: str) -> None:
        super().__init__(detail, can_retry=True)
        self.status = status


class RequestRejected(OpenLibraryError):
    """Open Library works, but rejects this request."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, can_retry=False)


class NotFound(RequestRejected):
    """Open Library has no such record."""
