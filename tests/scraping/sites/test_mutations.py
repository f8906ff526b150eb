"""Mutated pages: a parser returns a result or raises ParseError, and nothing else."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraping.errors import ParseError
from scraping.page import Page
from scraping.sites.books_toscrape_com import parse_book, parse_listing
from tests.fakes.shop import markup
from tests.fakes.shop.catalogue import read_books
from tests.support.installation import ROOT

RECORDED = ROOT.parent / "shared" / "data" / "toscrape"  # pages of the real shop, if available
FRAGMENTS = [
    "<", ">", "</", "<!--", "-->", "<![CDATA[", "&#0;", "&#xD800;", "&#99999999;", "&amp", "\0", "\x0b", "\ud800",
    "\u202e", "\ufeff", "<script>", "</script>", "<table>", "<tr><td>", "</td>", "<p class=", '"', "'", "£", "€-1.00",
    "٣", "99999999999999999999", "0x10", "1e9", "NaN", "javascript:", "//", "http://[", "mailto:x", "?", "#", "../" * 9,
    "<div>" * 300, "<b>" * 3_000, " " * 5_000, "x" * 20_000, "<svg>", "<template>", "<base href='http://[::'>", "<?php",
]  # fmt: skip
Mutation = Callable[[Random, str], str]


def choose_slice(random: Random, text: str) -> tuple[int, int]:
    start = random.randrange(len(text) + 1)
    return start, min(len(text), start + int(random.expovariate(1 / 40)))


def remove(random: Random, text: str) -> str:
    start, end = choose_slice(random, text)
    return text[:start] + text[end:]


def repeat(random: Random, text: str) -> str:
    start, end = choose_slice(random, text)
    return text[:end] + text[start:end] * random.randint(1, 5) + text[end:]


def move(random: Random, text: str) -> str:
    start, end = choose_slice(random, text)
    piece, rest = text[start:end], text[:start] + text[end:]
    position = random.randrange(len(rest) + 1)
    return rest[:position] + piece + rest[position:]


def insert(random: Random, text: str) -> str:
    position = random.randrange(len(text) + 1)
    return text[:position] + random.choice(FRAGMENTS) + text[position:]


def change_digits(random: Random, text: str) -> str:
    digits = [index for index, letter in enumerate(text) if letter.isdigit()] or [0]
    position = random.choice(digits)
    return text[:position] + random.choice(["9", "-", "", "9" * 30, "٣", "½", "."]) + text[position + 1 :]


def rename_markup(random: Random, text: str) -> str:
    name = random.choice(["class", "href", "src", "title", "div", "table", "td", "li", "h1", "article", "product_"])
    return text.replace(name, random.choice(["x", "", name.upper(), name * 2]), random.choice([1, 3, -1]))


def truncate(random: Random, text: str) -> str:
    return text[: random.randrange(len(text) + 1)]


MUTATIONS: list[Mutation] = [remove, repeat, move, insert, insert, change_digits, rename_markup, truncate]


def mutate(seed: int, text: str) -> str:
    random = Random(seed)
    for _ in range(random.randint(1, 8)):
        text = random.choice(MUTATIONS)(random, text) or "<"
    return text


def load_pages(kind: str) -> list[Page]:
    """A page of the fake shop and up to five recorded ones."""
    paths = [path for path in sorted(RECORDED.rglob("*.html")) if (path.name == "index.html") is (kind == "product")]
    recorded = [path.read_text(encoding="utf-8") for path in paths[:5]]
    return [Page("http://shop.example.net/a/b/index.html", html) for html in [make_page(kind), *recorded]]


def make_page(kind: str) -> str:
    books = read_books()
    return markup.product_page(books[0], books[1:4]) if kind == "product" else markup.listing_page(books, 1, root="")


@pytest.mark.parametrize("examples", [200, pytest.param(5_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("kind", "parse"), [("product", parse_book), ("listing", parse_listing)])
def test_mutated_page_is_parsed_or_refused(kind: str, parse: Callable[[Page], Any], examples: int) -> None:
    originals = load_pages(kind)
    refused = 0

    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(st.integers(0, 2**64), st.sampled_from(range(len(originals))))
    def parse_mutation(seed: int, index: int) -> None:
        nonlocal refused
        page = originals[index]
        try:
            parse(Page(page.url, mutate(seed, page.html)))
        except ParseError as error:
            refused += bool(error.field)

    parse_mutation()
    assert refused > examples / 10  # otherwise the mutations would not reach the parts that are read
