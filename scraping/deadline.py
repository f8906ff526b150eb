"""A time limit on a response's head: the read time-out is for each piece of it, which a head that drips keeps."""

import socket
import threading
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

HEAD_TIMEOUT = 20.0


class _Timed:
    """Ends the connection under a head that takes too long; whoever reads it then sees it broken."""

    def getresponse(self) -> Any:
        ended = threading.Event()
        timer = threading.Timer(HEAD_TIMEOUT, self._end, [ended])
        timer.daemon = True
        timer.start()
        try:
            response = super().getresponse()  # type: ignore[misc]  # mixed into connections only
        finally:
            timer.cancel()
        if ended.is_set():  # a head that was cut off looks like a short one
            response.close()
            raise TimeoutError("the head did not end in time")
        return response

    def _end(self, ended: threading.Event) -> None:
        ended.set()
        connected = getattr(self, "sock", None)
        if connected is not None:
            connected.shutdown(socket.SHUT_RDWR)


class _TimedHttp(_Timed, HTTPConnection):
    pass


class _TimedHttps(_Timed, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _TimedHttp


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _TimedHttps


class TimedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
