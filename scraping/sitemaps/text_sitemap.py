"""Plain text sitemaps: one address in each line."""

from collections.abc import Iterator

from scraping.origin import parse_origin
from scraping.sitemaps.entries import Statement
from scraping.sitemaps.errors import SitemapError

MAX_LINE = 16 * 1024  # bytes; longer lines are no addresses


class TextSitemap:
    """Fed with bytes. It keeps an unfinished line, and at most MAX_LINE bytes of it."""

    def __init__(self) -> None:
        self._line = b""
        self._has_address = False

    def feed(self, piece: bytes) -> Iterator[Statement]:
        """Raises SitemapError if the first line is no address."""
        *lines, rest = piece.replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            yield from self._read(self._line + line)
            self._line = b""
        self._line = (self._line + rest)[: MAX_LINE + 1]

    def close(self) -> Iterator[Statement]:
        yield from self._read(self._line)

    def _read(self, line: bytes) -> Iterator[Statement]:
        text = line[:MAX_LINE].decode(errors="surrogateescape").strip()
        if text and not self._has_address:
            _check_first(text)
            self._has_address = True
        if text:
            yield Statement(text)


def _check_first(text: str) -> None:
    try:
        parse_origin(text)
    except ValueError:
        raise SitemapError("is neither XML nor a list of addresses") from None
