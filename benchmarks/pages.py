"""Latency of pages, compared with the API's responses with the same rows, from the same server.

The two sides take turns: each address is requested from the API and as a page, then both again from the caches.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

from benchmarks.comparison import InvalidMeasurement
from benchmarks.latency import create_result, run_our_server
from benchmarks.results import Result

PAGE_SIZE = 24  # books of a page
WARM_UP_REQUESTS = 200
FLOOR, AIM = 3, 2  # of a page's time divided by the API's
JSON, HTML = {"Accept": "application/json"}, {"Accept": "text/html", "Accept-Encoding": "gzip"}
PAIRS = {
    "catalogue": [
        (f"/api/books?ordering=title&limit={PAGE_SIZE}&page={number}", f"/catalogue?page={number}")
        for number in range(2, 32)
    ],
    "catalogue, filtered": [
        (f"/api/books?{category}&ordering=title&limit={PAGE_SIZE}", f"/catalogue?{category}")
        for category in (f"category=Category+{number}" for number in range(30))
    ],
    "book": [(f"/api/books/{number}", f"/book/{number}") for number in range(500, 530)],
}  # fmt: skip
Get = Callable[[str, dict[str, str]], float]
Times = tuple[float, float, float, float]  # seconds of the API and the page, cold, then warm


def measure_pages(folder: Path, books: int, database: str, url: str = "") -> Iterator[Result]:
    """Compares the pages of a catalogue with `books` books. `url` is the address of PostgreSQL; without it, SQLite."""
    with run_our_server(folder, url) as port:
        warm_up_pages(port)
        for name, pairs in PAIRS.items():
            with open_client(port) as get:
                times = [measure_pair(get, *pair, page_first=number % 2 == 1) for number, pair in enumerate(pairs)]
            yield from create_results(f"page of the {name}, {books:,} books, {database}", times)


def measure_pair(get: Get, api_path: str, page_path: str, *, page_first: bool) -> Times:
    """The side that is first also reads the rows from disk, if they are not in the file cache."""
    if page_first:
        page_cold, api_cold = get(page_path, HTML), get(api_path, JSON)
    else:
        api_cold, page_cold = get(api_path, JSON), get(page_path, HTML)
    return api_cold, page_cold, get(api_path, JSON), get(page_path, HTML)


def create_results(label: str, times: Iterable[Times]) -> list[Result]:
    api_cold, page_cold, api_warm, page_warm = (median(values) for values in zip(*times, strict=True))
    return [
        create_result(f"{label}, cold", page_cold, ("API", api_cold), (FLOOR, AIM)),
        create_result(f"{label}, warm", page_warm, ("API", api_warm), (FLOOR, AIM)),
    ]


def warm_up_pages(port: int) -> None:
    """Requests pages that are not measured, so that each thread of the server has loaded the templates."""
    paths = (f"/catalogue?rating={1 + number % 5}&page={1 + number // 5}" for number in range(WARM_UP_REQUESTS // 5))
    books = (f"/book/{1 + number}" for number in range(WARM_UP_REQUESTS))
    with ThreadPoolExecutor(max_workers=16) as clients:
        list(clients.map(partial(request_once, port), [*paths, *books]))


def request_once(port: int, path: str) -> None:
    """Pages past the end of a small catalogue are 404."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=HTML)
        connection.getresponse().read()
    finally:
        connection.close()


@contextmanager
def open_client(port: int) -> Iterator[Get]:
    """A function that sends a GET request on one connection and returns the seconds until the body was received."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def get(path: str, headers: dict[str, str]) -> float:
        start = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        seconds = time.perf_counter() - start
        if response.status != 200:
            raise InvalidMeasurement(f"{path}: {response.status}")
        return seconds

    try:
        get("/api/books?limit=3", JSON)
        yield get
    finally:
        connection.close()
