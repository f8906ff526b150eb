"""The time to read the product of a page from its structured data, compared with parsing the page only.

The pages are generated: the markup around the product is that of a shop's menus and recommendations. The sides take
turns.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median

from bs4 import BeautifulSoup
from lxml import etree

from benchmarks.comparison import InvalidMeasurement
from benchmarks.results import Result
from scraping.page import Page
from scraping.structured.extraction import Kind
from scraping.structured.reader import read

URL = "https://shop.example/book/the-lighthouse-keeper"
SIZES = {"500 KB": 500_000, "3 MB": 3_000_000}
BOUNDS = {"500 KB": (10.0, 5.0), "3 MB": (150.0, 75.0)}  # milliseconds
RUNS = 25
TREES = 3  # runs of BeautifulSoup, which takes a second for the larger page
PRODUCT = {
    "@context": "https://schema.org", "@type": ["Product", "Book"], "name": "The Lighthouse Keeper", "url": URL,
    "author": {"@type": "Person", "name": "Ada Marsh"}, "isbn": "9780306406157",
    "offers": {"@type": "Offer", "price": "12.50", "priceCurrency": "EUR", "availability": "https://schema.org/InStock"},
}  # fmt: skip
ITEM = """<li class="card" data-id="{0}" itemprop="itemListElement" itemscope itemtype="https://schema.org/Product">
<a href="/book/{0}" class="card__link"><img src="/covers/{0}.jpg" alt="" loading="lazy" width="120" height="180">
<span class="card__title" itemprop="name">Book &amp; number {0}</span></a>
<div class="card__price"><b>9.{0:02d}</b></div>
<p class="card__text">A description of this book, which the shop recommends beside the product of the page.</p>
<script>window.cards = window.cards || []; window.cards.push({{"id": {0}, "price": 9}});</script></li>"""
MAX_ITEMS = 100  # the rest of a page is other markup
FILLER = (
    '<div class="menu__entry menu__entry--level-2"><a href="/subjects/{0}" class="menu__link">Subject {0}</a></div>\n'
)


def measure_structured() -> Iterator[Result]:
    for name, size in SIZES.items():
        page = Page(URL, generate_page(size))
        if read(page).kind != Kind.READ:
            raise InvalidMeasurement("The product of the generated page was not read.")
        yield from measure_page(name, page)


def measure_page(name: str, page: Page) -> Iterator[Result]:
    ours, parse = measure_in_turns(lambda: read(page), lambda: parse_tree(page.html), RUNS)
    floor, aim = BOUNDS[name]
    label = f"product of a page of {name}"
    yield Result(
        what=f"{label}, milliseconds", ours=f"{ours:.1f} ms", peer="", ratio=ours, floor=floor, aim=aim,
        is_upper_bound=True,
    )  # fmt: skip
    yield create_ratio(label, ours, f"lxml's parse alone {parse:.1f} ms", parse, bounds=(4, 2))
    ours, tree = measure_in_turns(lambda: read(page), lambda: BeautifulSoup(page.html, "lxml"), TREES)
    yield create_ratio(label, ours, f"BeautifulSoup's tree {tree:.1f} ms", tree, bounds=(0.2, 0.1))


def create_ratio(label: str, ours: float, peer: str, peer_time: float, *, bounds: tuple[float, float]) -> Result:
    return Result(
        what=label, ours=f"{ours:.1f} ms", peer=peer, ratio=ours / peer_time, floor=bounds[0], aim=bounds[1],
        is_upper_bound=True,
    )  # fmt: skip


def measure_in_turns(ours: Callable[[], object], peer: Callable[[], object], runs: int) -> tuple[float, float]:
    """The medians of the processor time in milliseconds, which other processes disturb least."""
    pairs = [(measure_once(ours), measure_once(peer)) for _ in range(runs)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def measure_once(function: Callable[[], object]) -> float:
    start = time.process_time()
    function()
    return (time.process_time() - start) * 1_000


def parse_tree(html: str) -> object:
    return etree.fromstring(html.encode(), etree.HTMLParser(encoding="utf-8", huge_tree=True))


def generate_page(size: int) -> str:
    items = "".join(ITEM.format(number) for number in range(MAX_ITEMS))
    listed = f'<ul itemscope itemtype="https://schema.org/ItemList">{items}</ul>'
    count = (size - len(listed)) // len(FILLER.format(10_000))
    filler = "".join(FILLER.format(10_000 + number) for number in range(count))
    script = f'<script type="application/ld+json">{json.dumps(PRODUCT)}</script>'
    return (
        f"<!DOCTYPE html><html><head>{script}</head><body><h1>The Lighthouse Keeper</h1>{filler}{listed}</body></html>"
    )


def main() -> None:
    try:
        for result in measure_structured():
            print(result.format_line(), flush=True)
    except InvalidMeasurement as error:
        sys.exit(f"No result. {error}")


if __name__ == "__main__":
    main()
