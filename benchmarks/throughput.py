"""Requests per second for lists of books: warm (repeated requests) and cold (each address once).

The server has core 0, and wrk has core 1 with 16 connections. All servers read the same books from SQLite. Plain Django
REST framework must send the same JSON as ours, except around `results`.
"""

import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median

from benchmarks import databases, servers
from benchmarks.comparison import InvalidMeasurement
from benchmarks.results import Result

SCRIPT = servers.ROOT / "benchmarks" / "urls.lua"
PEERS = servers.ROOT / "benchmarks" / "peers"
LIMIT = 10
PAGES = 200
ORDERINGS = [
    "", "title", "-title", "price", "-price", "rating", "-rating", "first_publish_year", "-first_publish_year",
    "created_at",
]  # fmt: skip
FILTERS = [
    "", "rating=1", "rating=3", "source=books_to_scrape", "source=open_library", "in_stock=true", "in_stock=false",
    "min_price=50", "max_price=40", "rating=5&in_stock=true",
]  # fmt: skip
Ports = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`peers` is the bin folder of the environment of the peers."""

    peers: Path
    seconds: int
    runs: int


def measure_warm_lists(options: Options, folder: Path) -> list[Result]:
    """The 100 pages of 1,000 books."""
    with run_servers(options, folder, ["ours", "fastapi", "drf"]) as ports:
        check_same_books(ports)
        rates = [{name: load_pages(port, options.seconds) for name, port in ports.items()} for _ in range(options.runs)]
    label = "warm `GET /books?page=N&limit=10`, 1,000 books, requests a second"
    return [create_result(label, rates, "fastapi", 2.5, 4), create_result(label, rates, "drf", 8, 15)]


def measure_cold_lists(options: Options, folder: Path) -> list[Result]:
    """20,000 addresses, each requested once: pages in all orderings and filters."""
    addresses = folder / "urls.txt"
    addresses.write_text("\n".join(generate_addresses()), encoding="utf-8")
    with run_servers(options, folder, ["ours", "fastapi", "drf"]) as ports:
        share = PAGES * len(ORDERINGS) * len(FILTERS) // options.runs
        rates = [
            {
                name: servers.requests_per_second(load_addresses(port, addresses, run * share, options.seconds), "cold")
                for name, port in ports.items()
            }
            for run in range(options.runs)
        ]
    label = "cold `GET /books`, page × ordering × filter, 100,000 books, requests a second"
    return [create_result(label, rates, "fastapi", 0.5, 1), create_result(label, rates, "drf", 2.5, 5)]


def generate_addresses() -> list[str]:
    addresses = []
    for page, ordering, condition in product(range(1, PAGES + 1), ORDERINGS, FILTERS):
        parameters = [condition, ordering and f"ordering={ordering}", f"page={page}", f"limit={LIMIT}"]
        addresses.append("/books?" + "&".join(filter(None, parameters)))
    random.Random("addresses").shuffle(addresses)
    return addresses


@contextmanager
def run_servers(options: Options, folder: Path, names: list[str]) -> Iterator[Ports]:
    """Runs each server with its own copy of the books. Yields the ports by name."""
    ports = {name: servers.free_port() for name in names}
    commands = {
        "ours": lambda port: (servers.our_command(port), databases.our_environment(folder), servers.ROOT),
        "fastapi": lambda port: (
            servers.uvicorn_command(options.peers, port, "books_fastapi:app"),
            {"DATABASE": str(folder / "fastapi.sqlite3")}, PEERS,
        ),
        "drf": lambda port: (
            servers.granian_command(port, "books_drf:application"), {"DATABASE": str(folder / "drf.sqlite3")}, PEERS,
        ),
    }  # fmt: skip
    with ExitStack() as stack:
        for name, port in ports.items():
            command, environment, cwd = commands[name](port)
            stack.enter_context(servers.run_server(command, environment, cwd, partial(has_books, port)))
            load_pages(port, 2, limit=LIMIT - 1)  # warms up each thread, with addresses that are not measured
        yield ports


def has_books(port: int) -> bool:
    status, body = servers.request_json(port, "/books")
    return status == 200 and body["count"] > 0


def check_same_books(ports: Ports) -> None:
    """Raises InvalidMeasurement if the servers list different books."""
    for page in (1, 50, 100):
        path = f"/books?page={page}&limit={LIMIT}"
        lists = (servers.request_json(ports[name], path)[1]["results"] for name in ("ours", "fastapi", "drf"))
        ours, fastapi, drf = lists
        if ours != drf:
            raise InvalidMeasurement(f"{path} differs: {ours[0]} and {drf[0]}.")
        if [(book["id"], book["title"]) for book in ours] != [(book["id"], book["title"]) for book in fastapi]:
            raise InvalidMeasurement(f"{path} lists different books: {ours[0]} and {fastapi[0]}.")


def load_pages(port: int, seconds: int, limit: int = LIMIT) -> float:
    """Requests a hundred pages repeatedly. Returns the requests per second."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(f"/books?page={page}&limit={limit}" for page in range(1, 101)))
        file.flush()
        return servers.requests_per_second(servers.run_wrk(port, SCRIPT, seconds, file.name, "0", "again"), "warm")


def load_addresses(port: int, addresses: Path, first: int, seconds: int) -> dict[str, int]:
    """Requests each address once, starting with the line `first`."""
    return servers.run_wrk(port, SCRIPT, seconds, str(addresses), str(first), "once")


def create_result(
    label: str, rates: list[dict[str, float]], peer: str, floor: float | None, aim: float | None
) -> Result:
    """The medians of all runs; each item of `rates` has the requests per second of a run by server."""
    ours, others = (median(run[name] for run in rates) for name in ("ours", peer))
    ratio = median(run["ours"] / run[peer] for run in rates)
    return Result(what=label, ours=f"{ours:,.0f}", peer=f"{peer} {others:,.0f}", ratio=ratio, floor=floor, aim=aim)
