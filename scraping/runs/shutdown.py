"""Ends a crawl in an orderly way on Ctrl-C or SIGTERM."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stop_on_signal(*, forward: bool = False) -> Iterator[threading.Event]:
    """Yields an event that the first Ctrl-C or SIGTERM sets. The previous handler receives a second signal.

    `forward`: the first signal also calls the previous handler, so that a worker stops after the crawl. Outside of the
    main thread, which receives all signals, the event is never set.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    previous = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def request_stop(number: int, frame: FrameType | None) -> None:
        stop.set()
        handler = previous[number]
        signal.signal(number, handler)
        if forward and callable(handler):
            handler(number, frame)

    for number in previous:
        signal.signal(number, request_stop)
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
