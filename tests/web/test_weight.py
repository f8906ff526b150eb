"""The bytes of the catalogue page on a first visit, compressed, and how pages and static files are sent."""

import gzip
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.http.response import HttpResponseBase
from django.test import Client

from tests.support.factories import make_book, make_category
from tests.web.pages import BROWSER

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("image_static_files"),
    pytest.mark.xdist_group("static"),  # files are collected once
]

KB = 1024
COMPRESSED = {**BROWSER, "Accept-Encoding": "gzip, deflate, br"}
ABOVE_THE_FOLD = 6  # covers, one row on a desktop


@pytest.fixture
def books() -> None:
    """24 books with titles of different lengths, in as many categories as a shop has, and by different authors."""
    words = ["the", "a", "history", "of", "music", "water", "light", "and", "shadow", "at", "night", "garden"]
    for number in range(24):
        make_book(
            title=" ".join(words[(number * 7 + step * 5) % len(words)] for step in range(2 + number % 9)).title(),
            price=Decimal(number * 3 + 1), currency="GBP", in_stock=number % 3 > 0, stock=number % 3 * number,
            rating=number % 5 + 1, category=make_category(f"Category of books {number}"),
            authors=[f"Writer No. {number}"], cover_url=f"https://shop.example/media/{number}.jpg",
        )  # fmt: skip


def fetch(path: str) -> tuple[HttpResponseBase, bytes]:
    """The response, and its body as it was sent."""
    response = Client().get(path, headers=COMPRESSED)
    assert response.status_code == 200, path
    body = b"".join(response) if response.streaming else response.content
    return response, body


def fetch_page(path: str) -> tuple[BeautifulSoup, bytes]:
    """The parsed page, and its compressed body."""
    response, body = fetch(path)
    assert response["Content-Encoding"] == "gzip"
    return BeautifulSoup(gzip.decompress(body), "lxml"), body


@pytest.mark.usefixtures("books")
def test_catalogue_page_is_light() -> None:
    page, body = fetch_page("/catalogue")

    assert len(page.select(".card")) == 24
    styles = [fetch(str(link["href"]))[1] for link in page.select("link[rel=stylesheet]")]
    scripts = [fetch(str(script["src"]))[1] for script in page.select("script")]
    assert len(body) <= 20 * KB
    assert sum(map(len, styles)) <= 15 * KB
    assert sum(map(len, scripts)) <= 22 * KB


@pytest.mark.usefixtures("books")
def test_covers_have_a_size_and_those_below_the_fold_are_lazy() -> None:
    page, _ = fetch_page("/catalogue")

    images = page.select(".card img")
    assert len(images) == 24
    assert all(int(str(image["width"])) > 0 and int(str(image["height"])) > 0 for image in images)
    assert {image["loading"] for image in images[ABOVE_THE_FOLD:]} == {"lazy"}


@pytest.mark.parametrize("path", ["/", "/catalogue", "/sign-in", "/admin/login/", "/api/docs"])
def test_files_of_each_page_are_compressed_and_stored_forever(path: str) -> None:
    page, _ = fetch_page(path)

    links = [str(link["href"]) for link in page.select("link[rel=stylesheet]")]
    addresses = links + [str(script["src"]) for script in page.select("script[src]")]
    static = [address for address in addresses if address.startswith("/static/")]
    assert static
    for address in static:
        response, _ = fetch(address)
        assert response["Content-Encoding"] == "gzip", address
        assert response["Cache-Control"] == "max-age=315360000, public, immutable", address


def test_browsable_api_finds_its_files() -> None:
    page, _ = fetch_page("/api/books")

    assert all(str(link["href"]).startswith("/static/") for link in page.select("link[rel=stylesheet]"))


def test_clients_without_compression_get_plain_pages() -> None:
    response = Client().get("/catalogue", headers=BROWSER)

    assert "Content-Encoding" not in response
    assert "Accept-Encoding" in response["Vary"]


def test_length_of_a_page_with_a_secret_is_random() -> None:
    """The compressed length would otherwise disclose the CSRF token to pages that can vary the request (BREACH)."""
    bodies = [fetch("/sign-in")[1] for _ in range(20)]

    assert {body[3] & 0x08 for body in bodies} == {0x08}  # gzip's flag of a file name, which contains random bytes
    assert len({len(body) for body in bodies}) > 1


def test_responses_of_the_api_are_not_compressed_and_keep_their_strong_etag() -> None:
    for number in range(20):
        make_book(title=f"Book {number}")

    response = Client().get("/api/books", headers={"Accept": "application/json", "Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in response
    assert response["ETag"].startswith('"')
