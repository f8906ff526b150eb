"""Ends a crawl in an orderly way when its process is asked to end."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_on_signal(*, and_tell: bool = False) -> Iterator[threading.Event]:
    """The first Ctrl-C or SIGTERM asks the crawl to end; a second one ends the process as usual.

    `and_tell`: whoever listened before, such as a worker, is to end too, and learns of the first one. Outside of the
    main thread, where no signals arrive, nothing is set.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    previous = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, previous[number])
        listener = previous[number]
        if and_tell and callable(listener):
            listener(number, frame)

    for number in previous:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
