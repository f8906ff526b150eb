"""Pages in various encodings, with missing, unknown and repeated declarations and with invalid bytes."""

import pytest

from tests.fakes.shop.app import Shop
from tests.support.fetching import OpenFetcher, fetch, fetch_error

TEXT = "<p>£51.77 “Café”</p>"
META = '<meta charset="{}">'
PRAGMA = '<META http-equiv="Content-Type" content="text/html; charset={}">'


def fetch_body(open_fetcher: OpenFetcher, shop: Shop, shop_url: str, body: bytes, content_type: str) -> str:
    shop.faults.bodies["/"], shop.faults.content_type = body, content_type
    return fetch(open_fetcher(), shop_url).html


@pytest.mark.parametrize(
    "content_type",
    [
        "text/html", "text/html; charset=UTF-8", 'text/html; Charset = "utf8"',
        "text/html; charset=utf8mb4", "text/html; charset=",  # unknown
        "text/html; charset=utf-8, text/html; charset=UTF-8", "text/html; charset=utf-8, text/html; charset=latin-1",
    ],
)  # fmt: skip
def test_utf_8(open_fetcher: OpenFetcher, shop: Shop, shop_url: str, content_type: str) -> None:
    assert fetch_body(open_fetcher, shop, shop_url, TEXT.encode(), content_type) == TEXT


@pytest.mark.parametrize("charset", ["windows-1252", "cp1252", "ISO-8859-1", "us-ascii"])
def test_windows_1252_and_the_charsets_that_browsers_read_as_it(
    open_fetcher: OpenFetcher, shop: Shop, shop_url: str, charset: str
) -> None:
    body = TEXT.encode("cp1252")

    for declaration in (META.format(charset), PRAGMA.format(charset)):
        html = fetch_body(open_fetcher, shop, shop_url, declaration.encode() + body, "text/html; charset=unknown")
        assert html == declaration + TEXT
    content_type = f"text/html; charset={charset}, text/html; charset={charset}"
    assert fetch_body(open_fetcher, shop, shop_url, body, content_type) == TEXT


def test_wrong_meta_does_not_change_utf_8(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    html = META.format("ISO-8859-1") + TEXT

    assert fetch_body(open_fetcher, shop, shop_url, html.encode(), "text/html") == html


@pytest.mark.parametrize("charset", ["ISO-8859-1", "windows-1251", "gbk"])
def test_utf_8_with_another_charset_in_the_header_is_refused(
    open_fetcher: OpenFetcher, shop: Shop, shop_url: str, charset: str
) -> None:
    shop.faults.bodies["/"], shop.faults.content_type = TEXT.encode(), f"text/html; charset={charset}"

    assert fetch_error(open_fetcher(), shop_url).detail.startswith("is UTF-8, but")
    shop.faults.bodies["/"] = b"<p>Cafe</p>"  # the same in both
    assert fetch(open_fetcher(), shop_url).html == "<p>Cafe</p>"


@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=utf-8"])
def test_stray_byte_is_replaced_by_a_control_character(
    open_fetcher: OpenFetcher, shop: Shop, shop_url: str, content_type: str
) -> None:
    html = fetch_body(open_fetcher, shop, shop_url, TEXT.encode() + b"<!-- caf\xe9 -->", content_type)

    assert html == TEXT + "<!-- caf\x7f -->"


@pytest.mark.parametrize(
    ("body", "content_type", "encoding"),
    [
        (b"caf\xe9", "text/html", "utf-8"),
        (TEXT.encode("cp1252"), "text/html; charset=utf-8", "utf-8"),
        (META.format("unknown").encode() + TEXT.encode("cp1252"), "text/html", "utf-8"),
        (b" " * 5000 + META.format("windows-1252").encode() + TEXT.encode("cp1252"), "text/html", "utf-8"),
        ("書店".encode("shift_jis"), "text/html", "utf-8"),
        (b"odd", "text/html; charset=utf-16", "utf-16"),
        (b"odd", "text/html; charset=hex", "hex"),
    ],
)
def test_text_in_another_encoding_is_refused(
    open_fetcher: OpenFetcher, shop: Shop, shop_url: str, body: bytes, content_type: str, encoding: str
) -> None:
    shop.faults.bodies["/"], shop.faults.content_type = body, content_type

    assert fetch_error(open_fetcher(), shop_url).detail == f"is not valid {encoding} text"
