"""A killed process loses no row of an import and imports none twice."""

import json
import time
from pathlib import Path

import pytest

from tests.support.imports import goodreads_file
from tests.support.installation import Installation

pytestmark = pytest.mark.slow
ROWS, KILLS = 2_000, 10
CREATE_USER = (
    "from users.models import User; User.objects.create_user(name='Ann', email='ann@example.org', age=30, password='p')"
)
CONTINUE = (
    "from users.imports.jobs import lifecycle; from users.models import ImportJob\n"
    "job = ImportJob.objects.get()\n"
    "while job.state in ('uploaded', 'ready', 'importing'):\n"
    "    lifecycle.commit(job) if job.state == 'ready' else lifecycle.run_step(job)\n"
    "    job.refresh_from_db()"
)


def test_kill_9_loses_and_repeats_no_row(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "goodreads.csv"
    rows = ({"Title": f"Book {number}", "Exclusive Shelf": "read", "Bookshelves": "a"} for number in range(ROWS))
    file.write_bytes(goodreads_file(*rows))
    installation.manage("shell", "--command", CREATE_USER).check_returncode()
    process = installation.start("import_library", str(file), "--user", "ann@example.org")
    wait_for_entries(installation, 1)
    process.kill()
    process.communicate()
    for kill in range(1, KILLS):
        process = installation.start("shell", "--command", CONTINUE)
        wait_for_entries(installation, kill * ROWS // KILLS)
        process.kill()
        process.communicate()

    installation.manage("shell", "--command", CONTINUE).check_returncode()

    counts = [count(installation, table) for table in ("libraryentry", "reading", "entryorigin", "libraryentry_tags")]
    assert counts == [ROWS] * 4
    assert installation.query("SELECT count(*) FROM books_book") == [(ROWS,)]
    undone = installation.manage("import_library", "--user", "ann@example.org", "--undo", "1", "--json")
    assert json.loads(undone.stdout)["undone"] == {"removed": ROWS, "restored": 0, "kept": 0}
    assert count(installation, "libraryentry") == 0


def wait_for_entries(installation: Installation, number: int) -> None:
    """Returns when the library has as many entries, at some moment of a transaction."""
    for _ in range(3_000):
        if count(installation, "libraryentry") >= number:
            return
        time.sleep(0.02)
    raise AssertionError("The import stopped.")


def count(installation: Installation, table: str) -> int:
    return int(installation.query(f"SELECT count(*) FROM users_{table}")[0][0])
