"""Whatever is logged while the suite runs, at every level, in both formats, by whatever process, holds no secret.

Hooks of pytest, which conftest.py takes in: the suite fails where a secret that its tests use stands in a log.
"""

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from core.logs import Json, Line

FOLDER = "COLOPHON_SUITE_LOGS"  # set for the workers and for every process that a test starts
PLANTED = re.compile(
    r"""correct\ horse | battery\ staple | @example | %40example
    | (?:postgresql|rediss?|sqlite):/{2,4} (?!absolute/path) \w  # an address; of one, help texts say how it begins
    | (?:sessionid|csrftoken)=(?!\[removed\]) | argon2\$ | bearer\ (?!\[removed\]) | \b(?=\d*[a-f])[0-9a-f]{64}\b""",
    re.VERBOSE | re.IGNORECASE,
)


def folder() -> Path:
    return Path(os.environ[FOLDER])


def keep(text: str) -> None:
    """What a process wrote to its standard error."""
    (folder() / f"{uuid4().hex}.log").write_text(text, encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="colophon-logs-")
    logging.getLogger().setLevel(logging.DEBUG)
    for formatter in (Line(), Json()):
        handler = logging.FileHandler(folder() / f"{formatter.__class__.__name__}-{os.getpid()}.log", encoding="utf-8")
        handler.setFormatter(formatter)
        logging.getLogger().addHandler(handler)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        return
    if found := list(secrets_found()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        assert reporter is not None
        reporter.section("secrets in the logs of the suite", red=True)
        reporter.write_line("\n".join(found[:20]))


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(FOLDER))


def secrets_found() -> Iterator[str]:
    for path in sorted(folder().iterdir()):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if PLANTED.search(line):
                yield f"{path.name}: {line[:300]}"
