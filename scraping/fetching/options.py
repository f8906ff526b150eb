"""How requests to a shop are sent."""

from dataclasses import dataclass, field

DEFAULT_ATTEMPTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions:
    """How to send requests to a shop. All times are in seconds.

    `delay`: the shortest time between two requests of all threads together. `contact`: sent in the User-Agent header.
    `credentials`: user name and password of HTTP basic authentication. `max_refusals`: responses 403 and 429 in a row
    after which no more requests are sent. `follows_www`: www.shop.example and shop.example are one shop.
    `detects_challenges`: a response that requires a proof of humanity is a ChallengePage, not a FetchError.
    """

    delay: float
    contact: str
    connections: int
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    private_addresses: bool = False
    connect_timeout: float = 5.0
    read_timeout: float = 15.0  # between two reads from the socket
    header_timeout: float = 20.0  # all response headers together
    page_timeout: float = 30.0  # from the request to the last byte of the body
    max_page_bytes: int = 5 * 1024 * 1024
    retry_wait: float = 0.5  # before the first retry; doubled before each further one
    attempts: int = DEFAULT_ATTEMPTS
    max_refusals: int = 10
    follows_www: bool = False
    detects_challenges: bool = False
