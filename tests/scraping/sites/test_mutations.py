"""Pages as no shop ever sent them, 10,000 of them: a page is read whole or refused, and nothing else happens."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraping.page import Page, ParseError
from scraping.sites.books_toscrape_com import parse_book, parse_listing
from tests.fakes.shop import markup
from tests.fakes.shop.catalogue import read_books
from tests.support.installation import ROOT

RECORDED = ROOT.parent / "shared" / "data" / "toscrape"  # where it is there: pages of the real shop
RUBBISH = [
    "<", ">", "</", "<!--", "-->", "<![CDATA[", "&#0;", "&#xD800;", "&#99999999;", "&amp", "\0", "\x0b", "\ud800",
    "\u202e", "\ufeff", "<script>", "</script>", "<table>", "<tr><td>", "</td>", "<p class=", '"', "'", "£", "€-1.00",
    "٣", "99999999999999999999", "0x10", "1e9", "NaN", "javascript:", "//", "http://[", "mailto:x", "?", "#", "../" * 9,
    "<div>" * 300, "<b>" * 3_000, " " * 5_000, "x" * 20_000, "<svg>", "<template>", "<base href='http://[::'>", "<?php",
]  # fmt: skip
Mutation = Callable[[Random, str], str]


def slice_of(random: Random, text: str) -> tuple[int, int]:
    begin = random.randrange(len(text) + 1)
    return begin, min(len(text), begin + int(random.expovariate(1 / 40)))


def remove(random: Random, text: str) -> str:
    begin, end = slice_of(random, text)
    return text[:begin] + text[end:]


def repeat(random: Random, text: str) -> str:
    begin, end = slice_of(random, text)
    return text[:end] + text[begin:end] * random.randint(1, 5) + text[end:]


def move(random: Random, text: str) -> str:
    begin, end = slice_of(random, text)
    piece, rest = text[begin:end], text[:begin] + text[end:]
    place = random.randrange(len(rest) + 1)
    return rest[:place] + piece + rest[place:]


def insert(random: Random, text: str) -> str:
    place = random.randrange(len(text) + 1)
    return text[:place] + random.choice(RUBBISH) + text[place:]


def change_digits(random: Random, text: str) -> str:
    digits = [place for place, letter in enumerate(text) if letter.isdigit()] or [0]
    place = random.choice(digits)
    return text[:place] + random.choice(["9", "-", "", "9" * 30, "٣", "½", "."]) + text[place + 1 :]


def rename(random: Random, text: str) -> str:
    name = random.choice(["class", "href", "src", "title", "div", "table", "td", "li", "h1", "article", "product_"])
    return text.replace(name, random.choice(["x", "", name.upper(), name * 2]), random.choice([1, 3, -1]))


def cut(random: Random, text: str) -> str:
    return text[: random.randrange(len(text) + 1)]


MUTATIONS: list[Mutation] = [remove, repeat, move, insert, insert, change_digits, rename, cut]


def mutated(seed: int, text: str) -> str:
    random = Random(seed)
    for _ in range(random.randint(1, 8)):
        text = random.choice(MUTATIONS)(random, text) or "<"
    return text


def pages(kind: str) -> list[Page]:
    recorded = [path for path in sorted(RECORDED.rglob("*.html")) if (path.name == "index.html") is (kind == "product")]
    return [Page("http://shop.example.net/a/b/index.html", html) for html in [own(kind), *map(read, recorded[:5])]]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def own(kind: str) -> str:
    books = read_books()
    return markup.product_page(books[0], books[1:4]) if kind == "product" else markup.listing_page(books, 1, root="")


@pytest.mark.parametrize(("kind", "parse"), [("product", parse_book), ("listing", parse_listing)])
def test_a_page_of_any_form_is_read_or_refused(kind: str, parse: Callable[[Page], Any]) -> None:
    originals = pages(kind)
    refused = 0

    @settings(max_examples=5_000, suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(st.integers(0, 2**64), st.sampled_from(range(len(originals))))
    def ask(seed: int, which: int) -> None:
        nonlocal refused
        page = originals[which]
        try:
            parse(Page(page.url, mutated(seed, page.html)))
        except ParseError as error:
            refused += bool(error.field)

    ask()
    assert refused > 500  # else the mutations would change nothing that is read
