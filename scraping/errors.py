"""Exceptions of crawls and of their requests. No Django, no HTTP, no database.

Their texts quote a shop's addresses and values, and go to terminals, logs and the database. They are made printable.
"""

from core.text import to_printable


class FetchError(Exception):
    """A page could not be fetched.

    `detail` completes a sentence that starts with the address. `permanent`: a retry would fail too. `retry_after`: the
    seconds of a Retry-After header. `status`: that of the response, None without a response.
    """

    def __init__(
        self, url: str, detail: str, *, permanent: bool, retry_after: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(url, detail)
        self.url = url
        self.detail = to_printable(detail)
        self.permanent = permanent
        self.retry_after = retry_after
        self.status = status

    def __str__(self) -> str:
        return f"{to_printable(self.url)} {self.detail}"

    def behind_redirect(self, requested_url: str) -> "FetchError":
        """The same failure, reported for the address that redirected to this one."""
        detail = f"redirects to {self.url}, which {self.detail}"
        return FetchError(
            requested_url, detail, permanent=self.permanent, retry_after=self.retry_after, status=self.status
        )


class NotFound(FetchError):
    """The server returned a permanent 4xx status."""


class Disallowed(FetchError):
    """robots.txt does not allow the page."""


class OtherHost(FetchError):
    """The address, or the target of a redirect, is not on the shop's host."""


class ChallengePage(FetchError):
    """The server requires a proof that a person sent the request."""


class ParseError(Exception):
    """A page does not have the form that its parser expects. `field` is the unreadable field, `detail` the reason."""

    def __init__(self, url: str, field: str, detail: str) -> None:
        super().__init__(url, field, detail)  # all arguments: parsing processes send this exception pickled
        self.url = url
        self.field = field
        self.detail = to_printable(detail)

    def __str__(self) -> str:
        return f"{to_printable(self.url)}: {self.field}: {self.detail}"


class Halted(Exception):
    """The crawl was stopped while this request was waiting."""


class UnknownSite(Exception):
    """No module of scraping.sites has this site's name."""


class RunInProgress(Exception):
    """Another run of the same site is queued or running."""


class RunEnded(Exception):
    """The run has ended, so it cannot be cancelled."""


class RunTakenOver(Exception):
    """This run is no longer active: its heartbeat stopped, and another run was started in its place."""


class CrawlFailed(Exception):
    """The crawl cannot continue. The message is the reason, in one line."""

    def __init__(self, reason: str) -> None:
        super().__init__(to_printable(reason))


class ShopRefuses(CrawlFailed):
    """The shop refuses requests, or its Retry-After header is longer than MAX_RETRY_AFTER."""


class CrawlRejected(CrawlFailed):
    """The records read must not change the catalogue."""


class UnrecognisedShop(CrawlRejected):
    """The first page is not the shop's: the shop was redesigned, or another site uses its address."""


def first_line(error: BaseException) -> str:
    """The first line of an error's message, or its class name if the message is empty."""
    return to_printable(next(iter(str(error).strip().splitlines()), type(error).__name__))
