"""Sitemaps as shops serve them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from scraping.sitemaps.entries import Entry
from scraping.sitemaps.reader import SitemapReport, read_sitemap
from tests.scraping.sitemaps.files import HOST, NAMESPACE, NOW, cut, make_index, make_urlset, pack, read, read_urls

ONE, TWO = "https://shop.example/book/1", "https://shop.example/book/2"
FILE = make_urlset(ONE, TWO)
LINES = f"{ONE}\n{TWO}\n".encode()


def test_addresses_and_dates() -> None:
    content = make_urlset(f"<loc>\n {ONE} \n</loc><lastmod>2026-11-03</lastmod><priority>0.5</priority>", TWO)

    entries, report = read(content)

    dated = Entry(ONE, datetime(2026, 11, 3, tzinfo=UTC), is_sitemap=False)
    assert entries == [dated, Entry(TWO, None, is_sitemap=False)]
    assert (report.entries, report.other_hosts, report.invalid, report.problem) == (2, 0, 0, None)


def test_an_index_states_sitemaps() -> None:
    entries, report = read(make_index("https://shop.example/1.xml?from=1&amp;to=9"))

    assert entries == [Entry("https://shop.example/1.xml?from=1&to=9", None, is_sitemap=True)]
    assert report.problem is None


@pytest.mark.parametrize("size", [1, 7, 64 * 1024])
@pytest.mark.parametrize(
    "content",
    [
        FILE,
        pack(FILE),
        pack(FILE[:70]) + pack(FILE[70:]),
        pack(FILE) + bytes(512),
        b"\xef\xbb\xbf" + FILE,
        b"\n\r\n  " + FILE,
        b"\n\xef\xbb\xbf\n" + FILE,
        FILE.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        LINES,
        LINES.strip(),
        b"\xef\xbb\xbf\r\n" + LINES.replace(b"\n", b"\r\n\r\n"),
        pack(LINES),
        make_urlset(ONE, TWO, namespace=None),
        make_urlset(ONE, TWO, namespace="http://www.google.com/schemas/sitemap/0.84"),
        make_urlset(f"<loc><![CDATA[{ONE}]]></loc>", f"<!-- new --><loc>{TWO}</loc>"),
    ],
    ids=[
        "plain", "gzip", "gzip of two members", "gzip with padding", "byte order mark", "empty lines",
        "empty lines and byte order mark", "UTF-16", "text", "text without last line end", "text of Windows",
        "text in gzip", "no namespace", "old namespace", "CDATA and comments",
    ],
)  # fmt: skip
def test_every_form_is_read(content: bytes, size: int) -> None:
    assert read_urls(content, size=size) == [ONE, TWO]


def test_addresses_of_images_and_translations_are_no_pages() -> None:
    extended = f"""<urlset xmlns="{NAMESPACE}" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
        xmlns:xhtml="http://www.w3.org/1999/xhtml"><url>
        <image:loc>https://shop.example/other.jpg</image:loc>
        <image:image><image:loc>https://shop.example/1.jpg</image:loc></image:image>
        <xhtml:link rel="alternate" hreflang="de" href="https://shop.example/de/1"/>
        <loc>{ONE}</loc></url></urlset>"""

    assert read_urls(extended.encode()) == [ONE]


def test_an_undeclared_prefix_does_not_make_an_image_a_page() -> None:
    entry = f"<image:image><image:loc>https://shop.example/1.jpg</image:loc></image:image><loc>{ONE}</loc>"

    assert read_urls(make_urlset(entry)) == [ONE]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"\n\n \r\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"<!DOCTYPE html><html><body>Not found", "is an HTML page, not a sitemap"),
        (b"\n<HTML><body>", "is an HTML page, not a sitemap"),
        (b'<rss version="2.0"><channel/></rss>', "is not a sitemap: its root element is <rss>"),
        (b'{"urls": []}', "is neither XML nor a list of addresses"),
        (b"Not found", "is neither XML nor a list of addresses"),
    ],
)
def test_another_document_is_a_problem(content: bytes, problem: str) -> None:
    entries, report = read(content)

    assert entries == []
    assert report.problem == problem


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (FILE[:-25], "is invalid XML"),
        (pack(FILE)[:-8], "is a truncated gzip file"),
        (make_urlset(ONE, f"{TWO}?a=1&b=2"), "is invalid XML"),
        (make_urlset(ONE) + b"<p>Page generated in 2 s", "is invalid XML"),
        (LINES[:-4] + b"\0" * 40 + LINES, None),
    ],
)
def test_what_precedes_an_error_is_read(content: bytes, problem: str | None) -> None:
    entries, report = read(content)

    assert entries[0].url == ONE
    assert (report.problem or "").startswith(problem or "")
    assert all(entry.url in {ONE, TWO} for entry in entries)


def test_the_last_line_of_a_truncated_text_is_not_used() -> None:
    lines = "".join(f"https://shop.example/book/{number:08x}\n" for number in range(20_000)).encode()

    entries, report = read(pack(lines)[:-1000])

    assert report.problem == "is a truncated gzip file; what was read until there is used"
    assert 0 < len(entries) < 20_000
    assert {len(entry.url) for entry in entries} == {len("https://shop.example/book/00000000")}


def test_what_precedes_damaged_gzip_is_read() -> None:
    packed = pack(make_urlset(*(f"https://shop.example/book/{number**5}" for number in range(20_000))))
    middle = len(packed) // 2

    entries, report = read(packed[:middle] + bytes(1000) + packed[middle + 1000 :])

    assert (report.problem or "").startswith(("is an invalid gzip file", "is invalid XML"))
    assert 0 < len(entries) < 20_000


def test_an_error_of_the_connection_follows_what_was_read() -> None:
    read_before: list[Entry] = []

    with pytest.raises(ConnectionError):
        read_before.extend(read_sitemap(break_off(make_urlset(ONE)[:-9]), SitemapReport(), host=HOST, now=NOW))

    assert [entry.url for entry in read_before] == [ONE]


def break_off(content: bytes) -> Iterator[bytes]:
    yield content
    raise ConnectionError


def test_more_addresses_than_permitted_are_cut() -> None:
    entries, report = read(make_urlset(*(f"https://shop.example/{number}" for number in range(50_001))))

    assert len(entries) == 50_000
    assert report.problem == "has more than 50,000 addresses; the rest was not read"


def test_more_children_than_permitted_are_cut() -> None:
    entries, report = read(make_index(*(f"https://other.example/{number}" for number in range(50_001))))

    assert entries == []
    assert report.other_hosts == 50_000
    assert report.problem == "has more than 50,000 addresses; the rest was not read"


@pytest.mark.parametrize(
    "address",
    [
        "http://shop.example/1", "https://www.shop.example/1", "https://SHOP.example./1", "https://shop.example:443/1",
        "https://shop.example/b%C3%BCcher/1", "https://shop.example/bücher/1?a=1",
    ],
)  # fmt: skip
def test_spellings_of_the_host_belong_to_the_shop(address: str) -> None:
    assert read_urls(make_urlset(address)) == [address]


@pytest.mark.parametrize(
    "address",
    [
        "https://other.example/1", "https://shop.example.other.example/1", "https://shop.example:8443/1",
        "https://m.shop.example/1", "http://127.0.0.1/1",
    ],
)  # fmt: skip
def test_addresses_on_other_hosts_are_counted(address: str) -> None:
    entries, report = read(make_urlset(address, ONE))

    assert [entry.url for entry in entries] == [ONE]
    assert (report.other_hosts, report.invalid, report.problem) == (1, 0, None)


def test_chunks_may_be_empty() -> None:
    assert read_urls(chunk for part in cut(pack(FILE), 10) for chunk in (b"", part, b"")) == [ONE, TWO]
