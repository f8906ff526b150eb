"""Why Open Library gave no answer."""


class OpenLibraryError(Exception):
    """`detail` is for people; `can_retry`: asking later can help; `status` is what a search says of the source."""

    status = "unavailable"

    def __init__(self, detail: str, *, can_retry: bool) -> None:
        super().__init__(detail)
        self.detail = detail
        self.can_retry = can_retry


class Unreachable(OpenLibraryError):
    """Nothing usable came back: no connection, no time, an error inside their service, a reply that is no JSON."""


class Refused(OpenLibraryError):
    """It does not serve us: it wants to know whom it serves, or sends us elsewhere."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, can_retry=False)


class TooFast(OpenLibraryError):
    """Over the rate, theirs or our own."""

    status = "rate_limited"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, can_retry=True)


class Busy(TooFast):
    """So many questions of ours are on their way that this one was not asked: no fault of theirs."""


class Resting(OpenLibraryError):
    """It failed several times in a row and is not asked for a while."""

    def __init__(self, detail: str, *, status: str) -> None:
        super().__init__(detail, can_retry=True)
        self.status = status


class Answered(OpenLibraryError):
    """It works, and says no to this one question."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, can_retry=False)


class NotThere(Answered):
    """It has no such record."""
