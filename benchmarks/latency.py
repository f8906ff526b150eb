"""How long single requests take, one after another on one connection: searches, far pages, a growing catalogue."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg

from benchmarks import servers
from benchmarks.pairs import Unfit
from benchmarks.reads import Options, answers, serving
from benchmarks.results import Result
from benchmarks.stock import environment
from benchmarks.vocabulary import vocabulary

DEPTHS = (0.5, 0.9)
REPEATS = 15
Ask = Callable[[str], Any]


def searches(options: Options, folder: Path) -> list[Result]:
    """Against LIKE over all rows, by the page; both databases are in the operating system's memory."""
    for database in folder.glob("*.sqlite3"):
        shutil.copyfile(database, os.devnull)
    with serving(options, folder, ["ours", "fastapi"]) as ports, keeping(ports["fastapi"]) as peer:
        warm_up_searches(ports["ours"])

        def search(word: str) -> Any:
            return peer(f"/books/search?{urlencode({'title': word})}")

        return compared("SQLite", ports["ours"], search, "LIKE")


def searches_on_postgresql(folder: Path, url: str) -> list[Result]:
    """Against ILIKE without an index, asked of the server itself: no HTTP, no Python web framework."""
    with psycopg.connect(url, autocommit=True) as peer, our_server(folder, url) as port:
        peer.execute("CREATE TABLE peer_books AS SELECT id, title, price FROM books_book")
        peer.execute("ALTER TABLE peer_books ADD PRIMARY KEY (id)")
        peer.execute("ANALYZE peer_books")

        def search(word: str) -> dict[str, int]:
            where = "FROM peer_books WHERE title ILIKE %s"
            (count,) = peer.execute(f"SELECT count(*) {where}", [f"%{word}%"]).fetchone() or (0,)
            peer.execute(f"SELECT id, title, price {where} ORDER BY id LIMIT 10", [f"%{word}%"]).fetchall()
            return {"count": count}

        return compared("PostgreSQL", port, search, "ILIKE")


def compared(database: str, port: int, peer: Ask, name: str) -> list[Result]:
    found = []
    for terms, kind, bounds in ((selective(peer), "selective", (1 / 20, 1 / 50)), (common(peer), "common", (1, 1 / 5))):
        with keeping(port) as ours:  # opened here: ours lets idle connections go, and the peer takes its time for terms
            pairs = [(timed(ours, searched(word, number)), timed(peer, word)) for number, word in enumerate(terms)]
        mine, others = zip(*pairs, strict=True)
        what = f"title search, 1,000,000 books, {kind} terms, {database}"
        found.append(ratio(f"{what}, median", median(mine), (name, median(others)), bounds))
        if kind == "selective":
            found.append(ratio(f"{what}, 95th percentile", p95(mine), (name, p95(others)), (1 / 10, 1 / 50)))
    return found


def warm_up_searches(port: int) -> None:
    """Other words, until each thread of the server has searched."""
    with ThreadPoolExecutor(max_workers=16) as clients:
        for status, _ in clients.map(partial(servers.ask, port), map(searched, vocabulary()[-200:], range(200))):
            if status != 200:
                raise Unfit(f"A search was answered with {status}.")


def selective(peer: Ask) -> list[str]:
    """Words with fewer than a hundred hits."""
    return list(islice((word for word in vocabulary()[12_000:] if 0 < peer(word)["count"] < 100), 30))


def common(peer: Ask) -> list[str]:
    """Words with more than 100,000 hits, each three times."""
    words = [word for word in vocabulary()[:10] if len(word) >= 3 and peer(word)["count"] > 100_000]
    if not words:
        raise Unfit("No word of the vocabulary is common enough.")
    return words * 3


def searched(word: str, number: int) -> str:
    """Each time another address: what is measured is the search, not the memory of answers."""
    return f"/api/books/search?{urlencode({'title': word, 'limit': 10 + number % 90})}"


def depths(options: Options, folder: Path, books: int) -> list[Result]:
    """Far pages and steps of a walk, against page 1; then lists and details against those of a small catalogue."""
    with serving(options, folder, ["ours"]) as ports, keeping(ports["ours"]) as ask:
        first = median(timed(ask, f"/api/books?limit={limit}") for limit in around(10))
        found = []
        for depth in DEPTHS:
            start = int(books * depth / 10)
            coldest = timed(ask, f"/api/books?limit=10&page={start}")
            far = median(timed(ask, f"/api/books?limit=10&page={start + 37 * step}") for step in range(1, REPEATS + 1))
            what = f"page at {depth:.0%} of 1,000,000 (the first one after a write: {coldest * 1000:,.0f} ms)"
            found.append(ratio(what, far, ("page 1", first), (4, 2)))
        step = median(steps_of_walks(ask))
        return [*found, ratio("a step by `cursor`, anywhere in 1,000,000", step, ("page 1", first), (1.2, 1.2))]


def steps_of_walks(ask: Ask) -> Iterator[float]:
    """Steps at the ten-thousandth row of three walks, each in another order."""
    for order in ("", "price", "-created_at"):
        address = f"/api/books?limit=100&cursor=&ordering={order}"
        for _ in range(100):
            address = path_of(ask(address)["next"])
        address = address.replace("limit=100", "limit=10")
        for _ in range(REPEATS):
            started = time.perf_counter()
            page = ask(address)
            yield time.perf_counter() - started
            address = path_of(page["next"])


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def growth(options: Options, large: Path, small: Path) -> list[Result]:
    found = []
    with (
        serving(options, large, ["ours"]) as many,
        serving(options, small, ["ours"]) as few,
        keeping(many["ours"]) as ask_many,
        keeping(few["ours"]) as ask_few,
    ):
        for what, address in (("list", "/api/books?page={}"), ("detail", "/api/books/{}")):
            asked = [address.format(number) for number in around(50, 45)]
            mine, others = zip(*((timed(ask_many, each), timed(ask_few, each)) for each in asked), strict=True)
            found.append(ratio(f"{what} at 1,000,000 books", median(mine), ("at 1,000", median(others)), (1.5, 1.1)))
    return found


def around(middle: int, width: int = REPEATS // 2) -> range:
    return range(middle - width, middle + width + 1)


@contextmanager
def our_server(folder: Path, url: str) -> Iterator[int]:
    """Its port, once its threads have searched."""
    port = servers.free_port()
    command = servers.ours(port)
    with servers.running(command, environment(folder, url), servers.ROOT, partial(answers, port)):
        warm_up_searches(port)
        yield port


@contextmanager
def keeping(port: int) -> Iterator[Ask]:
    """Asks on one connection, after a first question that no clock sees."""
    connection = HTTPConnection("127.0.0.1", port, timeout=600)

    def ask(path: str) -> Any:
        connection.request("GET", path, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        body = json.load(answer)
        if answer.status != 200:
            raise Unfit(f"{path}: {answer.status} {body}")
        return body

    try:
        ask("/books?limit=3")
        yield ask
    finally:
        connection.close()


def timed(ask: Ask, what: str) -> float:
    started = time.perf_counter()
    ask(what)
    return time.perf_counter() - started


def p95(values: Iterable[float]) -> float:
    return quantiles(values, n=20)[-1]


def ratio(what: str, ours: float, peer: tuple[str, float], bounds: tuple[float, float]) -> Result:
    """Of times in seconds; the peer has a name, and the bounds are the floor and the aim."""
    (name, seconds), (floor, aim) = peer, bounds
    return Result(
        what=what, ours=f"{ours * 1000:,.1f} ms", peer=f"{name} {seconds * 1000:,.1f} ms", ratio=ours / seconds,
        floor=floor, aim=aim, is_most=True,
    )  # fmt: skip
