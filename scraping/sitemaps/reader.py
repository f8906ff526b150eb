"""Reads a sitemap of any form from chunks of bytes."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from scraping.sitemaps.dates import parse_date
from scraping.sitemaps.entries import Entry, OtherHost, Statement, check_address
from scraping.sitemaps.errors import SitemapError
from scraping.sitemaps.text_sitemap import TextSitemap
from scraping.sitemaps.unpacking import unpack
from scraping.sitemaps.xml_sitemap import XmlSitemap

MAX_ENTRIES = 50_000  # sitemaps.org
WHITESPACE = b" \t\r\n"


@dataclass(slots=True)
class SitemapReport:
    """The counts of a file. `problem` completes a sentence that starts with its address; None if all was read."""

    entries: int = 0
    other_hosts: int = 0
    invalid: int = 0
    problem: str | None = None

    @property
    def stated(self) -> int:
        return self.entries + self.other_hosts + self.invalid


def read_sitemap(chunks: Iterable[bytes], report: SitemapReport, *, host: str, now: datetime) -> Iterator[Entry]:
    """Yields the entries on the shop's host, and counts in `report`.

    A broken file yields its entries before the error. `host` is a result of `normalize_host`. What `chunks` raises is
    not caught.
    """
    try:
        for statement in _read_statements(chunks):
            if report.stated == MAX_ENTRIES:
                raise SitemapError(f"has more than {MAX_ENTRIES:,} addresses; the rest was not read")
            if entry := _check(statement, report, host=host, now=now):
                yield entry
    except SitemapError as error:
        report.problem = str(error)


def _check(statement: Statement, report: SitemapReport, *, host: str, now: datetime) -> Entry | None:
    try:
        address = check_address(statement.address, host)
    except OtherHost:
        report.other_hosts += 1
        return None
    except ValueError:  # UnicodeError is a ValueError
        report.invalid += 1
        return None
    report.entries += 1
    return Entry(address, parse_date(statement.date, now=now), statement.is_sitemap)


def _read_statements(chunks: Iterable[bytes]) -> Iterator[Statement]:
    pieces = _strip_start(unpack(chunks))
    start = next(pieces, b"")
    if not start:
        raise SitemapError("is empty")
    is_xml = start.startswith((b"<", BOM_UTF16_LE, BOM_UTF16_BE))
    sitemap = XmlSitemap() if is_xml else TextSitemap()
    yield from sitemap.feed(start)
    for piece in pieces:
        yield from sitemap.feed(piece)
    yield from sitemap.close()


def _strip_start(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Removes what must not precede an XML declaration: a byte order mark of UTF-8 and empty lines."""
    start = b""
    for piece in pieces:
        start = (start + piece).lstrip(WHITESPACE)
        while start.startswith(BOM_UTF8):
            start = start.removeprefix(BOM_UTF8).lstrip(WHITESPACE)
        if len(start) >= len(BOM_UTF8):
            break
    yield start
    yield from pieces
