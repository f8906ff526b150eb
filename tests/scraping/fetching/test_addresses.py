"""Spellings of the shop's host, targets of redirects, and robots.txt files in unusual forms."""

import pytest

from scraping.errors import FetchError
from scraping.fetching import robots
from scraping.origin import has_user_information, parse_origin
from tests.fakes.shop.app import Shop
from tests.support.fetching import OpenFetcher, fetch, fetch_error


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://bücher.example/", "http://xn--bcher-kva.example/a"),
        ("http://BÜCHER.example/", "http://bücher.example./"),
        ("http://shop.example/", "https://SHOP.example:443/"),
        ("http://straße.example/", "http://xn--strae-oqa.example/"),
        ("http://my_shop/", "http://MY_SHOP./"),
    ],
)
def test_spellings_of_one_host(one: str, other: str) -> None:
    assert parse_origin(one) == parse_origin(other)


@pytest.mark.parametrize(
    "other",
    ["http://shop.example:8000/", "http://www.shop.example/", "http://shop.example.evil/", "http://shop.example../"],
)
def test_other_hosts(other: str) -> None:
    assert parse_origin(other) != parse_origin("http://shop.example/")


@pytest.mark.parametrize("url", ["shop.example", "ftp://shop.example/", "http://", "http://[::1", "http://\u2024/"])
def test_invalid_addresses(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  several libraries raise it, each with its own message
        parse_origin(url)


@pytest.mark.parametrize(
    "url", ["http://user@shop/", "http://user:secret@shop/", "http://:secret@shop/", "http://@shop/"]
)
def test_user_information(url: str) -> None:
    assert has_user_information(url)
    assert not has_user_information("http://shop/?mail=a@b.example")


def test_redirect_with_utf8_bytes(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    target = "/catalogue/café-ж_1/index.html"
    shop.faults.redirects["/"] = target.encode().decode("latin-1")
    shop.faults.bodies[target] = b"found"

    assert fetch(open_fetcher(), shop_url).html == "found"


def test_redirect_with_user_information_is_refused(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.redirects["/"] = shop_url.replace("http://", "http://user:secret@") + "index.html"

    error = fetch_error(open_fetcher(), shop_url)

    assert error.detail.endswith("which contains a user name or a password, so it was not requested")
    assert shop.requests["/index.html"] == 0


def test_error_for_another_host_names_the_setting(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    shop.faults.redirects |= {"/": "http://www.shop.example/", "/robots.txt": "http://www.shop.example/robots.txt"}
    hint = "if the shop has moved there, set SHOP_URL (SHOP_URLS for other shops) to its new address"

    error = fetch_error(open_fetcher(), shop_url)

    assert error.detail.startswith(
        "was not requested, because robots.txt redirects to http://www.shop.example/robots.txt, which is not on"
    )
    assert error.detail.endswith(hint)
    del shop.faults.redirects["/robots.txt"]
    assert fetch_error(open_fetcher(), shop_url).detail.endswith(hint)


@pytest.mark.parametrize("comment", [b"# caf\xe9\n", b"\xef\xbb\xbf# BOM\n", b"# \x00\n"])
def test_undecodable_robots_txt_is_obeyed(open_fetcher: OpenFetcher, shop: Shop, shop_url: str, comment: bytes) -> None:
    shop.faults.robots = comment + b"User-agent: *\nDisallow: /catalogue/\n"
    shop_fetcher = open_fetcher()

    fetch(shop_fetcher, shop_url)
    assert "robots.txt" in fetch_error(shop_fetcher, f"{shop_url}catalogue/page-2.html").detail


def test_undecodable_robots_txt_behind_a_redirect_is_obeyed(
    open_fetcher: OpenFetcher, shop: Shop, shop_url: str
) -> None:
    shop.faults.redirects["/robots.txt"] = "/rules.txt"
    shop.faults.bodies["/rules.txt"] = b"# caf\xe9\nUser-agent: *\nDisallow: /catalogue/\n"
    shop_fetcher = open_fetcher()

    fetch(shop_fetcher, shop_url)
    assert "robots.txt" in fetch_error(shop_fetcher, f"{shop_url}catalogue/page-2.html").detail


def test_first_500_kib_of_a_large_robots_txt_are_obeyed(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    rules = b"User-agent: *\nDisallow: /catalogue/\n"
    padding = b"# padding\n" * (robots.MAX_BYTES // 10)
    shop.faults.robots = rules + padding + b"Disallow: /index.html\n" * 1000
    shop_fetcher = open_fetcher()

    fetch(shop_fetcher, f"{shop_url}index.html")
    assert "robots.txt" in fetch_error(shop_fetcher, f"{shop_url}catalogue/page-2.html").detail


def test_credentials_are_sent_to_the_shop(open_fetcher: OpenFetcher, shop: Shop, shop_url: str) -> None:
    fetch(open_fetcher(credentials=("analyst", "s3crét")), shop_url)

    assert shop.authorizations == {"Basic YW5hbHlzdDpzM2Nyw6l0"}


def test_errors_of_the_fetcher_are_printable() -> None:
    error = FetchError("http://shop/\x00\u202e", "redirects to \x1b[31m", permanent=True)

    assert str(error).isprintable()
    assert str(error) == r"http://shop/\x00\u202e redirects to \x1b[31m"
