"""The processes that parse pages. A module of its own, because they import it: without what only fetching needs."""

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor

PROCESSES = 2
STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM}


def start_parsers() -> ProcessPoolExecutor:
    """A pool whose processes start at once, while the first page is on its way.

    Spawned, not forked: a fork copies the locks that the fetching threads may hold.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(PROCESSES, mp_context=context, initializer=_live_with_parent)
    # Children inherit what is blocked: a Ctrl-C while they start, before they know to ignore it, does not reach them.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        for _ in range(PROCESSES):
            pool.submit(os.getpid)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pool


def _live_with_parent() -> None:
    """A parsing process leaves Ctrl-C to its parent, and ends when the parent does, also when that was killed."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)
