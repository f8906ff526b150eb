"""Makes and reads sitemaps for tests."""

import gzip
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from scraping.sitemaps.entries import Entry
from scraping.sitemaps.reader import SitemapReport, read_sitemap

HOST = "shop.example"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def make_urlset(*entries: str, namespace: str | None = NAMESPACE) -> bytes:
    """`entries` are addresses, or elements inside `<url>`."""
    xmlns = f' xmlns="{namespace}"' if namespace else ""
    urls = "".join(f"<url>{each if '<' in each else f'<loc>{each}</loc>'}</url>" for each in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset{xmlns}>{urls}</urlset>'.encode()


def make_index(*addresses: str) -> bytes:
    maps = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f'<sitemapindex xmlns="{NAMESPACE}">{maps}</sitemapindex>'.encode()


def read(content: bytes | Iterable[bytes], *, size: int = 64 * 1024) -> tuple[list[Entry], SitemapReport]:
    """Reads a file that arrives in chunks of `size` bytes."""
    report = SitemapReport()
    chunks = cut(content, size) if isinstance(content, bytes) else content
    return list(read_sitemap(chunks, report, host=HOST, now=NOW)), report


def read_urls(content: bytes | Iterable[bytes], *, size: int = 64 * 1024) -> list[str]:
    entries, report = read(content, size=size)
    assert report.problem is None
    return [entry.url for entry in entries]


def cut(content: bytes, size: int) -> Iterator[bytes]:
    for first in range(0, len(content), size):
        yield content[first : first + size]


def pack(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
