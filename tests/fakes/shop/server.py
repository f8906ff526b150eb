"""Serves the shop, or another WSGI application, on a loopback port."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any, Protocol
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class Application(Protocol):
    """A WSGI application. Setting `closing` ends all of its waits."""

    closing: threading.Event

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any: ...


class ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Prints nothing: a client that disconnects is not an error of the shop."""


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class uses this name
        """Prints nothing: request lines would mix with the progress bar of the crawl."""

    def address_string(self) -> str:
        return str(self.client_address[0])


def create_server(application: Application, port: int = 0, host: str = "127.0.0.1") -> WSGIServer:
    """A bound server that does not serve yet; port 0 chooses a free one. Raises OSError if the port is in use."""
    return make_server(host, port, application, server_class=ThreadingServer, handler_class=QuietHandler)


@contextmanager
def serving(application: Application) -> Iterator[str]:
    """Serves the application in a thread; yields its address."""
    with create_server(application) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            application.closing.set()
            server.shutdown()
            thread.join()
