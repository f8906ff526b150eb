"""Files that are made to exhaust memory or to smuggle addresses."""

import resource
import subprocess
import sys
import zlib
from collections.abc import Iterator

import pytest

from tests.scraping.sitemaps.files import make_urlset, pack, read

ONE = "https://shop.example/book/1"
MIB = 1024 * 1024
START = b"<urlset><url><loc>https://shop.example/book/1</loc></url>"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://shop.example/1", "/book/1", "//",
        "https://", "", "  ", "https://[::1", "https://shop.example:99999/", "https://shop.example/a b",
        "https://user:password@shop.example/1", "https://user@shop.example/1", "https://shop.example/\u202e1",
        "https://shop.example/" + "x" * 2_000, "https://shop.example/a\nb", "https://x\u2024y\u3002\u3002/",
    ],
)  # fmt: skip
def test_invalid_addresses_are_counted(address: str) -> None:
    entries, report = read(make_urlset(address, ONE))

    assert [entry.url for entry in entries] == [ONE]
    assert (report.invalid, report.other_hosts, report.problem) == (1, 0, None)


def test_an_address_of_2000_characters_is_read() -> None:
    address = ONE + "x" * (2_000 - len(ONE))

    entries, _ = read(make_urlset(address))

    assert [entry.url for entry in entries] == [address]


def test_an_address_that_contains_an_element_is_invalid() -> None:
    entries, report = read(make_urlset("<loc>https://shop.example/a<b>/b</b>/c</loc>", ONE))

    assert [entry.url for entry in entries] == [ONE]
    assert report.invalid == 1


def test_bytes_that_are_not_utf_8_are_no_address() -> None:
    entries, report = read(f"{ONE}\nhttps://shop.example/".encode() + b"\xff\n")

    assert [entry.url for entry in entries] == [ONE]
    assert report.invalid == 1


@pytest.mark.parametrize(
    "declarations",
    [
        '<!ENTITY a "https://shop.example/secret">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:1/evil.dtd"> %p;',
        '<!ENTITY b "bbbbbbbbbb"><!ENTITY a "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">',
    ],
)
def test_entities_cannot_be_declared(declarations: str) -> None:
    content = f"<!DOCTYPE urlset [{declarations}]><urlset><url><loc>&a;</loc></url></urlset>".encode()

    entries, report = read(content)

    assert entries == []
    assert report.problem == "declares a document type, which a sitemap must not have"


def test_undeclared_entities_do_not_shorten_an_address() -> None:
    entries, report = read(make_urlset(ONE, "https://shop.example/&unknown;/1"))

    assert [entry.url for entry in entries] == [ONE]
    assert (report.problem or "").startswith("is invalid XML (Entity 'unknown' not defined")


def test_a_line_of_10_mb_is_no_address() -> None:
    entries, report = read(f"{ONE}\nhttps://shop.example/{'x' * 10_000_000}\n{ONE}\n".encode())

    assert [entry.url for entry in entries] == [ONE, ONE]
    assert (report.invalid, report.problem) == (1, None)


def test_an_address_of_10_mb_is_invalid() -> None:
    entries, report = read(make_urlset(f"https://shop.example/{'x' * 9_000_000}", ONE))

    assert [entry.url for entry in entries] == [ONE]
    assert report.invalid == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (START + b"<!--" + b"x" * 3 * MIB, "has a tag or a comment that is too large"),
        (START + b"<url " + b" ".join(b'a%d=""' % number for number in range(300_000)), "has a tag or a comment"),
        (START + b"".join(b"<a%d/>" % number for number in range(200_000)), "has too many levels or names"),
        (START + b"".join(b'<a b%d=""/>' % number for number in range(200_000)), "has too many levels or names"),
        (START + b"<a>" * 100_000, "has too many levels or names"),
        (START + bytes(1000), "is invalid XML"),
    ],
    ids=["comment", "tag", "names", "names of attributes", "levels", "null bytes"],
)
def test_exhausting_structures_end_the_reading(content: bytes, problem: str) -> None:
    entries, report = read(content)

    assert [entry.url for entry in entries] == [ONE]
    assert (report.problem or "").startswith(problem)


def test_more_than_50_mib_are_cut() -> None:
    entries, report = read(pack(START + b"<url>" + b" " * 51 * MIB + b"</url></urlset>"))

    assert [entry.url for entry in entries] == [ONE]
    assert report.problem == "is larger than 50 MiB; the rest was not read"


def test_many_empty_gzip_members_end_the_reading() -> None:
    entries, report = read(pack(START) + pack(b"") * 20_000)

    assert [entry.url for entry in entries] == [ONE]
    assert report.problem == "has more than 10,000 gzip members; the rest was not read"


def test_a_gzip_bomb_takes_little_memory() -> None:
    """In a process of its own, because the peak of a process never falls."""
    finished = subprocess.run(
        [sys.executable, "-m", "tests.scraping.sitemaps.test_hostile_files"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    problem, grown_by = finished.stdout.splitlines()
    assert problem == "is larger than 50 MiB; the rest was not read"
    assert int(grown_by) < 20  # MiB


def make_bomb(mebibytes: int) -> Iterator[bytes]:
    compressor = zlib.compressobj(1, wbits=31)
    yield compressor.compress(START)
    for _ in range(mebibytes):
        yield compressor.compress((b"<a>" + b" " * 1017 + b"</a>") * 1024)
    yield compressor.flush()


if __name__ == "__main__":
    packed = b"".join(make_bomb(500))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = read(packed)[1]
    grown_by = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    sys.stdout.write(f"{report.problem}\n{grown_by}\n")
