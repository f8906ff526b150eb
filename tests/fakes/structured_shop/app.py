"""A shop as a WSGI application, with faults that tests switch on."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    number: int
    title: str
    isbn: str = ""
    price: str | None = "12.50"
    currency: str = "EUR"
    availability: str = "InStock"
    author: str = "Ada Writer"
    description: str = ""
    image: str = ""

    @property
    def path(self) -> str:
        return f"/book/{self.number}"


def make_products(count: int) -> dict[str, Product]:
    products = [Product(number=number, title=f"Stories, volume {number}") for number in range(1, count + 1)]
    return {product.path: product for product in products}


Render = Callable[[Product, str], str]  # the page's HTML, from the product and the page's address
Fault = tuple[str, list[tuple[str, str]], bytes]  # status, headers, body


@dataclass(slots=True)
class StructuredShop:
    """`products` and `faults` are by path and may be changed while the shop is running.

    `requests` counts requests by path, `times` has the time of each request, `conditional` those with validators.
    """

    render: Render
    products: dict[str, Product] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    robots: str = ""
    requests: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    conditional: Counter[str] = field(default_factory=Counter)
    closing: threading.Event = field(default_factory=threading.Event)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.requests[path] += 1
        self.times.append(time.monotonic())
        status, headers, body = self.faults.get(path) or self._respond(path, environ)
        start_response(status, headers)
        return [body]

    def _respond(self, path: str, environ: dict[str, Any]) -> Fault:
        if path == "/robots.txt":
            return "200 OK", [("Content-Type", "text/plain")], self.robots.encode()
        product = self.products.get(path)
        if product is None:
            return "404 Not Found", [("Content-Type", "text/html")], b"<h1>Not found</h1>"
        body = self.render(product, f"http://{environ['HTTP_HOST']}{path}").encode()
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        if environ.get("HTTP_IF_NONE_MATCH") == etag:
            self.conditional[path] += 1
            return "304 Not Modified", [("ETag", etag)], b""
        return "200 OK", [("Content-Type", "text/html; charset=utf-8"), ("ETag", etag)], body


def html_fault(status: str, html: str, *headers: tuple[str, str]) -> Fault:
    return status, [("Content-Type", "text/html; charset=utf-8"), *headers], html.encode()


def redirect_fault(target: str) -> Fault:
    return "301 Moved Permanently", [("Location", target)], b""
