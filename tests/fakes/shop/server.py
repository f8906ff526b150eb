"""Opens the shop, or another application, on a loopback port."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any, Protocol
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class Application(Protocol):
    """WSGI; `closing` ends whatever it waits for."""

    closing: threading.Event

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any: ...


class ThreadingServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of the shop's."""


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class names it so
        """Says nothing: the terminal belongs to the crawl."""

    def address_string(self) -> str:
        return str(self.client_address[0])


def make(shop: Application, port: int = 0, host: str = "127.0.0.1") -> WSGIServer:
    """A server that is bound but not yet serving; port 0 takes a free one. Raises OSError where the port is taken."""
    return make_server(host, port, shop, server_class=ThreadingServer, handler_class=QuietHandler)


@contextmanager
def serving(shop: Application) -> Iterator[str]:
    """Its address while it is open."""
    with make(shop) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            shop.closing.set()
            server.shutdown()
            thread.join()
