"""Runs functions at the same time, each with its own connection to the database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections


def run_together(*functions: Callable[[], object]) -> None:
    """Raises the error of the first function that fails."""
    with ThreadPoolExecutor(len(functions)) as threads:
        list(threads.map(_run, functions))


def _run(function: Callable[[], object]) -> None:
    try:
        function()
    finally:
        connections.close_all()
