"""The pool of parsing processes. Each process imports this module, so it imports nothing that only fetching needs."""

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor

WORKERS = 2
STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM}


def start_worker_pool() -> ProcessPoolExecutor:
    """Returns a pool with processes that are already starting, while the first page is being fetched.

    The processes are spawned, because a fork would copy locks that the fetching threads hold at that moment.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_initialize_worker)
    # Children inherit blocked signals: Ctrl-C cannot interrupt a process before _initialize_worker ignores it.
    previous_mask = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        for _ in range(WORKERS):
            pool.submit(os.getpid)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous_mask)
    return pool


def _initialize_worker() -> None:
    """Leaves Ctrl-C to the parent process, and exits with the parent, even if that was killed."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)
