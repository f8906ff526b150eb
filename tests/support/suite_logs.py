"""Searches everything that the suite logs for secrets: all processes, all levels, both formats.

tests/conftest.py imports the pytest hooks. The suite fails if a log contains a secret that a test uses.
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

from core.logs import JsonLineFormatter, TextFormatter

FOLDER = "COLOPHON_SUITE_LOGS"  # inherited by the xdist workers and by every process that a test starts
TEST_SECRETS = re.compile(
    r"""correct\ horse | battery\ staple | @example | %40example
    | (?:postgresql|rediss?|sqlite):/{2,4} (?!absolute/path) \w  # a connection string, except in the help texts
    | (?:sessionid|csrftoken)=(?!\[removed\]) | argon2\$ | bearer\ (?!\[removed\]) | \b(?=\d*[a-f])[0-9a-f]{64}\b""",
    re.VERBOSE | re.IGNORECASE,
)


def log_folder() -> Path:
    return Path(os.environ[FOLDER])


def record_stderr(text: str) -> None:
    """Adds the standard error of a process to the logs that are searched."""
    (log_folder() / f"{uuid4().hex}.log").write_text(text, encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="colophon-logs-")
    logging.getLogger().setLevel(logging.DEBUG)
    for formatter in (TextFormatter(), JsonLineFormatter()):
        path = log_folder() / f"{formatter.__class__.__name__}-{os.getpid()}.log"
        handler = logging.FileHandler(path, encoding="utf-8")
        handler.setFormatter(formatter)
        logging.getLogger().addHandler(handler)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        return
    if secrets := list(find_secrets()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        assert reporter is not None
        reporter.section("secrets in the logs of the suite", red=True)
        reporter.write_line("\n".join(secrets[:20]))


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(FOLDER))


def find_secrets() -> Iterator[str]:
    """File name and log line of each secret."""
    for path in sorted(log_folder().iterdir()):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if TEST_SECRETS.search(line):
                yield f"{path.name}: {line[:300]}"
