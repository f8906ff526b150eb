"""The shop as a WSGI application. Its lists show neither ratings nor stock, its prices are in euros with a comma."""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

PAGE_SIZE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    sku: str
    title: str
    price: str = "12,50"
    stock: int = 3
    rating: int = 4
    shelf: str = "Poetry"

    @property
    def path(self) -> str:
        return f"/product/{self.sku.lower()}/"


def make_products(count: int = 30) -> list[Product]:
    return [Product(sku=f"CS-{number:03}", title=f"Poems, part {number}") for number in range(1, count + 1)]


class CornerShop:
    """`products` may be changed while the shop is running. `requests` counts requests by path."""

    def __init__(self, products: list[Product]) -> None:
        self.products = products
        self.requests: Counter[str] = Counter()
        self.authorizations: set[str | None] = set()
        self.closing = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.requests[path] += 1
        self.authorizations.add(environ.get("HTTP_AUTHORIZATION"))
        html = self._render(path)
        start_response("404 Not Found" if html is None else "200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [(html or "").encode()]

    def _render(self, path: str) -> str | None:
        if path == "/shop/":
            return self._render_list(1)
        number = path.removeprefix("/shop/page/").strip("/")
        if number.isdecimal():
            return self._render_list(int(number))
        return next((_render_product(product) for product in self.products if product.path == path), None)

    def _render_list(self, number: int) -> str | None:
        first = (number - 1) * PAGE_SIZE
        products = self.products[first : first + PAGE_SIZE]
        items = "".join(_render_item(product) for product in products)
        count = f"Showing {first + 1}–{first + len(products)} of {len(self.products)} results"
        return f'<p class="result-count">{count}</p><ul class="products">{items}</ul>' if products else None


def _render_item(product: Product) -> str:
    title = escape(product.title)
    return (
        f'<li class="product"><a href="{product.path}"><h2>{title}</h2></a>'
        f'<span class="price">{product.price}&nbsp;€</span></li>'
    )


def _render_product(product: Product) -> str:
    stock = f"{product.stock} in stock" if product.stock else "Sold out"
    return (
        f'<div class="summary"><h1>{escape(product.title)}</h1><span class="price">{product.price}&nbsp;€</span>'
        f'<p class="stock">{stock}</p><span class="sku">{product.sku}</span>'
        f'<span class="shelf">{escape(product.shelf)}</span><strong class="rating">{product.rating}</strong></div>'
    )
