"""Why a page is not read or not tracked."""

from enum import StrEnum

from core.text import to_printable


class Cause(StrEnum):
    """The values of `code` in the API."""

    NOT_AN_ADDRESS = "not_an_address"
    HOST_NOT_ALLOWED = "host_not_allowed"
    SHOP_NOT_READ = "shop_not_read"
    ROBOTS = "robots"
    REFUSED = "refused"
    CHALLENGE = "challenge"
    OTHER_HOST = "other_host"
    NOT_FOUND = "not_found"
    UNREACHABLE = "unreachable"
    NO_PRODUCT = "no_product"
    OTHER_PRODUCT = "other_product"
    IN_DOUBT = "in_doubt"
    LIMIT = "limit"


class Rejected(Exception):
    """`reason` is a sentence for people. `status`: that of the shop's response, if it caused the rejection."""

    def __init__(self, cause: Cause, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        self.cause = cause
        self.reason = to_printable(reason)
        self.status = status


class Postponed(Exception):
    """The shop's next free turn is too far away to wait for it. `seconds` until then."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The shop can be requested again in {seconds:.0f} s.")
        self.seconds = seconds
