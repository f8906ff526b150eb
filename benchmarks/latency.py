"""Latency of single requests, one after another on one connection: searches, deep pages, a growing catalogue."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg

from benchmarks import servers
from benchmarks.comparison import InvalidMeasurement
from benchmarks.databases import our_environment
from benchmarks.results import Result
from benchmarks.throughput import Options, has_books, run_servers
from benchmarks.vocabulary import generate_vocabulary

DEPTHS = (0.5, 0.9)
REPEATS = 15
SEARCHES = 3  # of each word
Get = Callable[[str], Any]


def measure_searches(options: Options, folder: Path) -> list[Result]:
    """Compares title searches with LIKE on all rows. Both databases are read into the file cache first."""
    for database in folder.glob("*.sqlite3"):
        shutil.copyfile(database, os.devnull)
    with run_servers(options, folder, ["ours", "fastapi"]) as ports, open_client(ports["fastapi"]) as get:
        warm_up_searches(ports["ours"])

        def search_peer(word: str) -> Any:
            return get(f"/books/search?{urlencode({'title': word})}")

        return compare_searches("SQLite", ports["ours"], search_peer, "LIKE")


def measure_searches_on_postgresql(folder: Path, url: str) -> list[Result]:
    """Compares title searches with ILIKE without an index, executed without HTTP and without a web framework."""
    with psycopg.connect(url, autocommit=True) as peer, run_our_server(folder, url) as port:
        peer.execute("CREATE TABLE peer_books AS SELECT id, title, price FROM books_book")
        peer.execute("ALTER TABLE peer_books ADD PRIMARY KEY (id)")
        peer.execute("ANALYZE peer_books")

        def search_peer(word: str) -> dict[str, int]:
            where = "FROM peer_books WHERE title ILIKE %s"
            (count,) = peer.execute(f"SELECT count(*) {where}", [f"%{word}%"]).fetchone() or (0,)
            peer.execute(f"SELECT id, title, price {where} ORDER BY id LIMIT 10", [f"%{word}%"]).fetchall()
            return {"count": count}

        return compare_searches("PostgreSQL", port, search_peer, "ILIKE")


def compare_searches(database: str, port: int, search_peer: Get, peer: str) -> list[Result]:
    results = []
    terms = ((find_selective_words(search_peer), "selective", (1 / 20, 1 / 50)),
             (find_common_words(search_peer), "common", (1, 1 / 5)))  # fmt: skip
    for words, kind, bounds in terms:
        # Opened here, because our server closes idle connections while the peer finds the words.
        with open_client(port) as get:
            pairs = [measure_word(get, search_peer, word, number) for number, word in enumerate(words)]
        ours, others = zip(*pairs, strict=True)
        label = f"title search, 1,000,000 books, {kind} terms, {database}"
        results.append(create_result(f"{label}, median", median(ours), (peer, median(others)), bounds))
        if kind == "selective":
            label = f"{label}, 95th percentile"
            results.append(create_result(label, percentile_95(ours), (peer, percentile_95(others)), (1 / 10, 1 / 50)))
    return results


def measure_word(get: Get, search_peer: Get, word: str, number: int) -> tuple[float, float]:
    """Medians of several searches: one pause of the machine would otherwise be the 95th percentile of thirty words."""
    numbers = range(SEARCHES * number, SEARCHES * (number + 1))
    ours = median(measure_seconds(get, search_path(word, each)) for each in numbers)
    return ours, median(measure_seconds(search_peer, word) for _ in numbers)


def warm_up_searches(port: int) -> None:
    """Searches for words that are not measured, so that each thread of the server has executed a search."""
    paths = map(search_path, generate_vocabulary()[-200:], range(200))
    with ThreadPoolExecutor(max_workers=16) as clients:
        for status, _ in clients.map(partial(servers.request_json, port), paths):
            if status != 200:
                raise InvalidMeasurement(f"A search returned the status {status}.")


def find_selective_words(search_peer: Get) -> list[str]:
    """30 words with fewer than 100 hits."""
    return list(islice((word for word in generate_vocabulary()[12_000:] if 0 < search_peer(word)["count"] < 100), 30))


def find_common_words(search_peer: Get) -> list[str]:
    """Words with more than 100,000 hits, each three times."""
    words = [word for word in generate_vocabulary()[:10] if len(word) >= 3 and search_peer(word)["count"] > 100_000]
    if not words:
        raise InvalidMeasurement("No word of the vocabulary has more than 100,000 hits.")
    return words * 3


def search_path(word: str, number: int) -> str:
    """The limit varies, so that no response comes from the cache."""
    return f"/api/books/search?{urlencode({'title': word, 'limit': 10 + number % 90})}"


def measure_deep_pages(options: Options, folder: Path, books: int) -> list[Result]:
    """Compares deep pages and steps by cursor with page 1."""
    with run_servers(options, folder, ["ours"]) as ports, open_client(ports["ours"]) as get:
        first = median(measure_seconds(get, f"/api/books?limit={limit}") for limit in numbers_around(10))
        results = []
        for depth in DEPTHS:
            start = int(books * depth / 10)
            after_write = measure_seconds(get, f"/api/books?limit=10&page={start}")
            pages = (f"/api/books?limit=10&page={start + 37 * step}" for step in range(1, REPEATS + 1))
            deep = median(measure_seconds(get, page) for page in pages)
            result = create_result(f"page at {depth:.0%} of 1,000,000", deep, ("page 1", first), (4, 2))
            remark = f"{result.ours} (the first one after a write: {after_write * 1000:,.0f} ms)"
            results.append(replace(result, ours=remark))
        step = median(measure_cursor_steps(get))
        label = "a step by `cursor`, anywhere in 1,000,000"
        return [*results, create_result(label, step, ("page 1", first), (1.2, 1.2))]


def measure_cursor_steps(get: Get) -> Iterator[float]:
    """The seconds of steps after the ten-thousandth row, in three orderings."""
    for ordering in ("", "price", "-created_at"):
        path = f"/api/books?limit=100&cursor=&ordering={ordering}"
        for _ in range(100):
            path = path_of(get(path)["next"])
        path = path.replace("limit=100", "limit=10")
        for _ in range(REPEATS):
            start = time.perf_counter()
            page = get(path)
            yield time.perf_counter() - start
            path = path_of(page["next"])


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def measure_growth(options: Options, large: Path, small: Path) -> list[Result]:
    """Compares lists and details of a large catalogue with those of a small one."""
    results = []
    with (
        run_servers(options, large, ["ours"]) as large_ports,
        run_servers(options, small, ["ours"]) as small_ports,
        open_client(large_ports["ours"]) as get_large,
        open_client(small_ports["ours"]) as get_small,
    ):
        for name, template in (("list", "/api/books?page={}"), ("detail", "/api/books/{}")):
            paths = [template.format(number) for number in numbers_around(50, 45)]
            pairs = ((measure_seconds(get_large, path), measure_seconds(get_small, path)) for path in paths)
            ours, others = zip(*pairs, strict=True)
            peer = ("at 1,000", median(others))
            results.append(create_result(f"{name} at 1,000,000 books", median(ours), peer, (1.5, 1.1)))
    return results


def numbers_around(middle: int, distance: int = REPEATS // 2) -> range:
    return range(middle - distance, middle + distance + 1)


@contextmanager
def run_our_server(folder: Path, url: str) -> Iterator[int]:
    """Yields the port when the threads of the server are warmed up."""
    port = servers.free_port()
    command = servers.our_command(port)
    with servers.run_server(command, our_environment(folder, url), servers.ROOT, partial(has_books, port)):
        warm_up_searches(port)
        yield port


@contextmanager
def open_client(port: int) -> Iterator[Get]:
    """A function that sends GET requests on one connection, which has already served a request."""
    connection = HTTPConnection("127.0.0.1", port, timeout=600)

    def get(path: str) -> Any:
        connection.request("GET", path, headers={"Accept": "application/json"})
        response = connection.getresponse()
        body = json.load(response)
        if response.status != 200:
            raise InvalidMeasurement(f"{path}: {response.status} {body}")
        return body

    try:
        get("/books?limit=3")
        yield get
    finally:
        connection.close()


def measure_seconds(get: Get, argument: str) -> float:
    start = time.perf_counter()
    get(argument)
    return time.perf_counter() - start


def percentile_95(values: Iterable[float]) -> float:
    return quantiles(values, n=20)[-1]


def create_result(label: str, ours: float, peer: tuple[str, float], bounds: tuple[float, float]) -> Result:
    """`ours` is in seconds, `peer` a name and seconds, `bounds` the floor and the aim."""
    (name, seconds), (floor, aim) = peer, bounds
    return Result(
        what=label, ours=f"{ours * 1000:,.1f} ms", peer=f"{name} {seconds * 1000:,.1f} ms", ratio=ours / seconds,
        floor=floor, aim=aim, is_upper_bound=True,
    )  # fmt: skip
