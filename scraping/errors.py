"""Why a crawl, or a request of it, did not do what it should."""


class FetchError(Exception):
    """A page that could not be fetched. `permanent`: asking again cannot help. `retry_after`: seconds, where told."""

    def __init__(self, url: str, detail: str, *, permanent: bool, retry_after: float | None = None) -> None:
        super().__init__(url, detail)
        self.url = url
        self.detail = detail
        self.permanent = permanent
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.url} {self.detail}"

    def behind_redirect(self, asked: str) -> "FetchError":
        """The same failure, told of the address that was asked for."""
        detail = f"redirects to {self.url}, which {self.detail}"
        return FetchError(asked, detail, permanent=self.permanent, retry_after=self.retry_after)


class Halted(Exception):
    """The crawl was told to end while this request waited."""


class RunInProgress(Exception):
    """Another crawl of the same site is queued or on."""


class RunEnded(Exception):
    """The run is over: there is nothing left to cancel."""


class RunTakenOver(Exception):
    """This run is no longer its site's running one: it was taken for dead, and another took its place."""


class CrawlFailed(Exception):
    """The crawl cannot go on; the message is the reason, in one line."""


class Unrecognised(CrawlFailed):
    """What answers is not the shop as it is known: a redesign, or something else at its address."""
