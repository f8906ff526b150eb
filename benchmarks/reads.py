"""Requests a second for lists of books: warm, asked for again and again, and cold, each asked for once.

Each server has core 0 to itself while it is asked, and wrk has core 1, with 16 connections. All read the same books
from SQLite; plain Django REST framework must send the same JSON as ours, but for what stands around the results.
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

from benchmarks import servers, stock
from benchmarks.pairs import Unfit
from benchmarks.results import Result

SCRIPT = servers.ROOT / "benchmarks" / "urls.lua"
PEERS = servers.ROOT / "benchmarks" / "peers"
LIMIT = 10
FAR = 200  # pages
ORDERS = [
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
    peers: Path
    seconds: int
    runs: int


def warm(options: Options, folder: Path) -> list[Result]:
    """The 100 pages of 1,000 books."""
    with serving(options, folder, ["ours", "fastapi", "drf"]) as ports:
        refuse_difference(ports)
        turns = [
            {name: ask_for_pages(port, options.seconds) for name, port in ports.items()} for _ in range(options.runs)
        ]
    what = "warm `GET /books?page=N&limit=10`, 1,000 books, requests a second"
    return [result(what, turns, "fastapi", 2.5, 4), result(what, turns, "drf", 8, 15)]


def cold(options: Options, folder: Path) -> list[Result]:
    """20,000 addresses, none of them asked for twice: pages in all orders and filters."""
    addresses = folder / "urls.txt"
    addresses.write_text("\n".join(different_addresses()), encoding="utf-8")
    with serving(options, folder, ["ours", "fastapi", "drf"]) as ports:
        share = FAR * len(ORDERS) * len(FILTERS) // options.runs
        turns = [
            {
                name: servers.requests_a_second(ask_for_each(port, addresses, turn * share, options.seconds), "cold")
                for name, port in ports.items()
            }
            for turn in range(options.runs)
        ]
    what = "cold `GET /books`, page × ordering × filter, 100,000 books, requests a second"
    return [result(what, turns, "fastapi", 0.5, 1), result(what, turns, "drf", 2.5, 5)]


def different_addresses() -> list[str]:
    found = [
        "/books?" + "&".join(filter(None, [condition, order and f"ordering={order}", f"page={page}", f"limit={LIMIT}"]))
        for page, order, condition in product(range(1, FAR + 1), ORDERS, FILTERS)
    ]
    random.Random("addresses").shuffle(found)
    return found


@contextmanager
def serving(options: Options, folder: Path, names: list[str]) -> Iterator[Ports]:
    """The servers, each with its own copy of the books, by name."""
    ports = {name: servers.free_port() for name in names}
    commands = {
        "ours": lambda port: (servers.ours(port), stock.environment(folder), servers.ROOT),
        "fastapi": lambda port: (
            servers.uvicorn(options.peers, port, "books_fastapi:app"),
            {"DATABASE": str(folder / "fastapi.sqlite3")}, PEERS,
        ),
        "drf": lambda port: (
            servers.granian(port, "books_drf:application"), {"DATABASE": str(folder / "drf.sqlite3")}, PEERS,
        ),
    }  # fmt: skip
    with ExitStack() as started:
        for name, port in ports.items():
            command, variables, cwd = commands[name](port)
            started.enter_context(servers.running(command, variables, cwd, partial(answers, port)))
            ask_for_pages(port, 2, limit=LIMIT - 1)  # until each thread has what it needs; other addresses than later
        yield ports


def answers(port: int) -> bool:
    status, body = servers.ask(port, "/books")
    return status == 200 and body["count"] > 0


def refuse_difference(ports: Ports) -> None:
    for page in (1, 50, 100):
        path = f"/books?page={page}&limit={LIMIT}"
        ours, small, plain = (servers.ask(ports[name], path)[1]["results"] for name in ("ours", "fastapi", "drf"))
        if ours != plain:
            raise Unfit(f"{path} differs: {ours[0]} and {plain[0]}.")
        if [(book["id"], book["title"]) for book in ours] != [(book["id"], book["title"]) for book in small]:
            raise Unfit(f"{path} shows other books: {ours[0]} and {small[0]}.")


def ask_for_pages(port: int, seconds: int, limit: int = LIMIT) -> float:
    """A hundred pages, again and again."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(f"/books?page={page}&limit={limit}" for page in range(1, 101)))
        file.flush()
        return servers.requests_a_second(servers.load(port, SCRIPT, seconds, file.name, "0", "again"), "warm")


def ask_for_each(port: int, addresses: Path, first: int, seconds: int) -> dict[str, int]:
    """The addresses from `first` on, each once."""
    return servers.load(port, SCRIPT, seconds, str(addresses), str(first), "once")


def result(what: str, turns: list[dict[str, float]], peer: str, floor: float, aim: float) -> Result:
    ours, others = (median(turn[name] for turn in turns) for name in ("ours", peer))
    ratio = median(turn["ours"] / turn[peer] for turn in turns)
    return Result(what=what, ours=f"{ours:,.0f}", peer=f"{peer} {others:,.0f}", ratio=ratio, floor=floor, aim=aim)
