"""`manage.py read_page`: output, rejections and exit status. The pages are sent by a real server."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from tests.fakes.shop.server import serving
from tests.scraping.structured.pages import BOOK, OTHER, URL, book, html, offer, script

EXPECTED = {
    "kind": "read",
    "title": "The Lighthouse Keeper",
    "authors": ["Ada Marsh"],
    "isbn_13": "9780306406157",
    "price": "12.50",
    "currency": "EUR",
    "availability": "in",
    "doubts": [],
}


@dataclass
class PageServer:
    """A WSGI application with one body and status for each path."""

    bodies: dict[str, tuple[str, str]]
    requests: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        self.requests.append(environ["PATH_INFO"])
        status, body = self.bodies.get(environ["PATH_INFO"], ("404 Not Found", ""))
        start_response(status, [("Content-Type", "text/html")])
        return [body.encode()]


@pytest.fixture
def pages(settings: Settings) -> Iterator[tuple[PageServer, str]]:
    settings.PRIVATE_ADDRESSES = True
    server = PageServer(
        {"/book": ("200 OK", html(script(BOOK))), "/robots.txt": ("200 OK", "User-agent: *\nDisallow: /no")}
    )
    with serving(server) as url:
        yield server, url.rstrip("/")


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("read_page", *arguments, stdout=output)
    return output.getvalue()


def run_file(tmp_path: Path, text: str, *arguments: str) -> str:
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    return run(URL, "--file", str(path), *arguments)


def test_description_and_cover_are_printed_for_people_only(tmp_path: Path) -> None:
    page = html(script(book(description=f"<p>A storm.</p>{'x' * 200}", image="/keeper.jpg")))

    lines = run_file(tmp_path, page).splitlines()
    result = json.loads(run_file(tmp_path, page, "--json"))

    assert lines[-2:] == [
        f"description:  A storm. {'x' * 91}… (json-ld)", "cover url:    https://shop.example/keeper.jpg (json-ld)",
    ]  # fmt: skip
    assert result.keys() == {*EXPECTED, "sources"}
    assert result["sources"].keys() == set(EXPECTED) - {"kind", "doubts"}


def test_page_is_fetched_after_robots(pages: tuple[PageServer, str]) -> None:
    server, url = pages
    result = json.loads(run(f"{url}/book", "--json"))

    assert server.requests == ["/robots.txt", "/book"]
    assert result.pop("sources") == dict.fromkeys(set(EXPECTED) - {"kind", "doubts"}, "json-ld")
    assert result == EXPECTED


@pytest.mark.parametrize(
    ("path", "message"),
    [("/missing", "returned status 404"), ("/no/book", "is disallowed by the shop's robots.txt")],
)
def test_page_that_cannot_be_fetched(pages: tuple[PageServer, str], path: str, message: str) -> None:
    with pytest.raises(CommandError) as raised:
        run(f"{pages[1]}{path}")

    assert str(raised.value) == f"{pages[1]}{path} {message}"


def test_private_address_is_refused(pages: tuple[PageServer, str], settings: Settings) -> None:
    settings.PRIVATE_ADDRESSES = False
    with pytest.raises(CommandError, match=r"is at the private address 127\.0\.0\.1"):
        run(f"{pages[1]}/book")
    assert pages[0].requests == []


@pytest.mark.parametrize(
    "url", ["book", "ftp://shop.example/book", "http://", "https://a:b@shop.example/", "http://[", "\x1b[0m"]
)
def test_other_texts_than_addresses(url: str) -> None:
    with pytest.raises(CommandError, match="address") as raised:
        run(url)

    assert str(raised.value).isprintable()


def test_file_is_read_without_the_network(tmp_path: Path) -> None:
    output = run_file(tmp_path, html(script(BOOK)))

    assert output.splitlines() == [
        "title:        The Lighthouse Keeper (json-ld)",
        "authors:      Ada Marsh (json-ld)",
        "isbn 13:      9780306406157 (json-ld)",
        "price:        12.50 (json-ld)",
        "currency:     EUR (json-ld)",
        "availability: in (json-ld)",
    ]


def test_doubts_state_their_reason_and_text(tmp_path: Path) -> None:
    page = html(script(book(author=None, offers=offer(price="464.000"))))

    assert run_file(tmp_path, page).splitlines()[1:] == [
        "authors:      not stated",
        "isbn 13:      9780306406157 (json-ld)",
        "price:        not stated",
        "currency:     not stated",
        "availability: not stated",
        "In doubt: price: the number can be read in two ways: '464.000'",
    ]
    result = json.loads(run_file(tmp_path, page, "--json"))
    assert (result["kind"], result["price"], result["currency"]) == ("in_doubt", None, None)
    assert result["doubts"] == [{"field": "price", "reason": "the number can be read in two ways", "text": "464.000"}]


def test_no_product_and_several(tmp_path: Path) -> None:
    none = run_file(tmp_path, "<p>Nothing</p>")
    assert none.splitlines() == ["No product: the page states none in JSON-LD, microdata or OpenGraph."]
    several = run_file(tmp_path, html(script([BOOK, OTHER])))
    assert "In doubt: product: the page describes several products: 'The Lighthouse Keeper, Harbour Songs'" in several


def test_settings_of_the_shop(tmp_path: Path) -> None:
    page = html(script(book(offers=offer(price="1.250", priceCurrency=None))))

    assert "price:        1250 (json-ld)\ncurrency:     EUR (settings)" in run_file(
        tmp_path, page, "--currency", "eur", "--decimal-mark", ","
    )
    with pytest.raises(CommandError, match="'EURO' is not an ISO 4217 code"):
        run_file(tmp_path, page, "--currency", "EURO")


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"missing\.html cannot be read: No such file or directory\."):
        run(URL, "--file", str(tmp_path / "missing.html"))


def test_unprintable_text_of_a_page(tmp_path: Path) -> None:
    output = run_file(tmp_path, html(script(book(name="Keeper \u202e", offers=offer(price="\x1b[31m")))))

    assert all(line.isprintable() for line in output.splitlines())
