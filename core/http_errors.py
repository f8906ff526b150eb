"""The errors of outgoing requests."""


class RequestFailed(Exception):
    """No usable response. `permanent`: a retry cannot help. `detail` completes a sentence about the server or page."""

    def __init__(self, detail: str, *, permanent: bool) -> None:
        super().__init__(detail)
        self.detail = detail
        self.permanent = permanent


class BodyReadError(RequestFailed):
    """The body was too large, too slow or incomplete."""


class PrivateAddressError(RequestFailed):
    """The host name resolved to an address that is not public. `detail` is for the operator: it names the setting."""
