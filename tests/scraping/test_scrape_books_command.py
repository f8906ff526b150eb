"""`manage.py scrape_books` as a process: output, exit status, signals, kill -9."""

import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from django.core.management import execute_from_command_line

from scraping.crawling.page_reader import POOL_BROKEN
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.installation import Installation
from tests.support.service_process import free_port


@pytest.fixture
def unmigrated(tmp_path: Path) -> Installation:
    """An installation with an empty database."""
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    return Installation({**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": url, "CONTACT": ""}, "")


def wait_for(installation: Installation, sql: str, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not installation.query(sql)[0][0]:
        assert time.monotonic() < deadline, f"The query returned nothing within {seconds} s: {sql}"
        time.sleep(0.05)


def count_books(installation: Installation) -> int:
    return int(installation.query("SELECT count(*) FROM books_book")[0][0])


def test_crawl_prints_its_counts_and_exits_with_0(installation: Installation, shop_url: str) -> None:
    finished = installation.manage("scrape_books", "--url", shop_url, "--delay", "0")

    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("45 books: 45 created, 0 updated, 0 unchanged, 0 failed; 49 requests in ")
    progress = finished.stderr.splitlines()
    assert progress[-1] == "45 of 45 books"
    assert len(progress) == 10


def test_report_as_json(installation: Installation, shop_url: str) -> None:
    finished = installation.manage("scrape_books", "--url", shop_url, "--delay", "0", "--json", "--no-progress")

    report = json.loads(finished.stdout)
    assert (report["state"], report["counts"]["created"], report["problems"]) == ("succeeded", 45, [])
    assert list(report["counts"]) == [
        "requests", "seen", "created", "updated", "unchanged", "held", "failed", "missing",
    ]  # fmt: skip
    assert finished.stderr == ""


def test_failed_crawl_exits_with_1_and_prints_one_line(installation: Installation, shop: Shop, shop_url: str) -> None:
    shop.faults.statuses["/"] = 404

    finished = installation.manage("scrape_books", "--url", shop_url, "--delay", "0")

    assert finished.returncode == 1
    assert finished.stderr == f"CommandError: Crawl failed: {shop_url}: returned status 404\n"


def test_missing_migrations_are_reported_in_one_line(unmigrated: Installation, shop_url: str) -> None:
    finished = unmigrated.manage("scrape_books", "--url", shop_url)

    assert finished.returncode == 1
    assert finished.stderr.startswith("The database cannot be used: no such table")
    assert finished.stderr.endswith("Run: python manage.py migrate\n")
    assert finished.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["migrate", "scrape_books"])
def test_unreachable_database_is_reported_in_one_line(unmigrated: Installation, command: str) -> None:
    unreachable = f"postgresql://somebody:hidden@127.0.0.1:{free_port()}/books"
    installed = Installation({**unmigrated.environment, "DATABASE_URL": unreachable, "CONTACT": "a@example.org"}, "")

    finished = installed.manage(command)

    assert finished.returncode == 1
    assert "Connection refused" in finished.stderr
    assert finished.stderr.endswith("DATABASE_URL or DB_HOST chooses another.\n")
    assert finished.stderr.count("\n") == 1
    assert "hidden" not in finished.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--limit", "0"],
        ["--limit", "ten"],
        ["--concurrency", "33"],
        ["--delay", "-1"],
        ["--delay", "nan"],
        ["--url", "ftp://shop/"],
        ["--url", "shop"],
        ["--full-speed"],
    ],
)
def test_invalid_arguments_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        execute_from_command_line(["manage.py", "scrape_books", *arguments])

    assert exited.value.code == 2
    assert "usage: manage.py scrape_books" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_signal_stops_the_crawl_and_keeps_the_pages_read(
    installation: Installation, shop: Shop, shop_url: str, number: signal.Signals
) -> None:
    shop.faults.latency = 0.1
    # Slow enough that the parsing processes start long before the last page is fetched, even on a busy machine.
    process = installation.start("scrape_books", "--url", shop_url, "--delay", "0.3")
    wait_for(installation, "SELECT count(*) FROM scraping_scraperun WHERE state = 'running'")
    while shop.requests.total() < 30:
        time.sleep(0.02)

    process.send_signal(number)
    output, errors = process.communicate(timeout=60)

    assert process.returncode == 1, errors
    assert errors.splitlines()[-1] == (
        "CommandError: Crawl interrupted: The crawl was stopped. The pages already read are stored."
    )
    assert installation.query("SELECT state FROM scraping_scraperun") == [("interrupted",)]
    stored = count_books(installation)
    assert 0 < stored < 45
    assert output.startswith(f"{stored} books: {stored} created")


def test_second_crawl_is_refused(installation: Installation, shop: Shop, shop_url: str) -> None:
    first = installation.start("scrape_books", "--url", shop_url, "--delay", "2")
    wait_for(installation, "SELECT count(*) FROM scraping_scraperun WHERE state = 'running'")

    second = installation.manage("scrape_books", "--url", shop_url)
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=60)

    assert second.returncode == 1
    assert f"A crawl of books_to_scrape is already running: run 1, process {first.pid}" in second.stderr


@pytest.mark.slow
def test_one_of_ten_concurrent_crawls_runs(installation: Installation, shop: Shop, shop_url: str) -> None:
    shop.faults.latency = 0.3
    processes = [installation.start("scrape_books", "--url", shop_url, "--no-progress") for _ in range(10)]
    refused = 0
    while refused < 9:
        refused = sum(process.poll() == 1 for process in processes)
        time.sleep(0.05)
    for process in processes:
        process.send_signal(signal.SIGTERM)
        assert "Traceback" not in process.communicate(timeout=60)[1]

    assert installation.query("SELECT count(*) FROM scraping_scraperun") == [(1,)]


def test_killed_crawl_is_resumed_without_duplicates(installation: Installation) -> None:
    shop = Shop(read_books()[:300])
    shop.faults.latency = 0.01
    with serving(shop) as url:
        process = installation.start("scrape_books", "--url", url, "--delay", "0", "--no-progress")
        wait_for(installation, "SELECT count(*) FROM books_book")
        process.kill()
        process.communicate(timeout=60)
        stored = count_books(installation)
        finished = installation.manage("scrape_books", "--url", url, "--delay", "0", "--no-progress")

    assert 0 < stored < 300
    assert finished.returncode == 0, finished.stderr
    assert f"{300 - stored} created, 0 updated, {stored} unchanged" in finished.stdout
    assert installation.query("SELECT state FROM scraping_scraperun ORDER BY id") == [("interrupted",), ("succeeded",)]
    assert installation.query("SELECT count(*), count(DISTINCT upc) FROM books_book") == [(300, 300)]
    assert installation.query("SELECT count(*), count(DISTINCT book_id) FROM books_priceobservation") == [(300, 300)]


def test_killed_crawl_leaves_no_processes(installation: Installation, shop: Shop, shop_url: str) -> None:
    shop.faults.latency = 0.1
    process = installation.start("scrape_books", "--url", shop_url, "--delay", "1", "--no-progress")
    wait_for(installation, "SELECT count(*) FROM scraping_scraperun")
    while not (children := find_children(process.pid)):
        time.sleep(0.02)

    process.kill()
    process.communicate(timeout=60)
    _gone, alive = psutil.wait_procs(children, timeout=30)

    assert not alive


def find_children(process_id: int) -> list[psutil.Process]:
    return psutil.Process(process_id).children(recursive=True)


def find_parsers(process_id: int) -> list[psutil.Process]:
    return [child for child in find_children(process_id) if "spawn_main" in " ".join(child.cmdline())]


def test_killed_parser_is_reported_in_one_line(installation: Installation, shop: Shop, shop_url: str) -> None:
    process = installation.start("scrape_books", "--url", shop_url, "--delay", "0.2", "--no-progress")
    wait_for(installation, "SELECT count(*) FROM scraping_scraperun")
    while shop.requests.total() < 10 or not (parsers := find_parsers(process.pid)):
        time.sleep(0.02)

    for parser in parsers:
        parser.kill()
    errors = process.communicate(timeout=60)[1]

    assert process.returncode == 1
    assert errors.splitlines()[-1] == f"CommandError: Crawl failed: {POOL_BROKEN}"
    assert "Traceback" not in errors
