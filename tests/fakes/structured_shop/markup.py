"""Product pages in three forms: JSON-LD, microdata, and a graph of JSON-LD with OpenGraph."""

import json
from html import escape
from typing import Any

from tests.fakes.structured_shop.app import Product

RECOMMENDATION = {"@type": "Product", "name": "Another book", "offers": {"@type": "Offer", "price": "1.00"}}


def render_json_ld(product: Product, url: str) -> str:
    """A Book with a related product, whose price must not be taken."""
    book = {"@context": "https://schema.org", "@type": "Book", "url": url, "isRelatedTo": [RECOMMENDATION]}
    return _page(product, _script({**book, **_describe(product), "offers": _offer(product)}))


def render_microdata(product: Product, url: str) -> str:
    price = f'<span itemprop="price" content="{product.price}">{product.price}</span>' if product.price else ""
    isbn = f'<span itemprop="isbn">{product.isbn}</span>' if product.isbn else ""
    works = f'<img itemprop="image" src="{escape(product.image)}">' if product.image else ""
    works += f'<div itemprop="description">{product.description}</div>' if product.description else ""
    body = (
        f'<div itemscope itemtype="https://schema.org/Book"><h1 itemprop="name">{escape(product.title)}</h1>'
        f'<link itemprop="url" href="{url}"><span itemprop="author">{escape(product.author)}</span>{isbn}{works}'
        '<div itemprop="offers" itemscope itemtype="https://schema.org/Offer">'
        f'<meta itemprop="priceCurrency" content="{product.currency}">{price}'
        f'<link itemprop="availability" href="https://schema.org/{product.availability}"></div></div>'
    )
    return f"<html><head><title>{escape(product.title)}</title></head><body>{body}</body></html>"


def render_graph(product: Product, url: str) -> str:
    """The product is one of several things in a graph, and OpenGraph states the price again."""
    thing = {"@type": ["Product", "Book"], "@id": f"{url}#product", **_describe(product), "offers": [_offer(product)]}
    graph = {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "The shop"}, thing]}
    metas = [("og:type", "product"), ("og:title", product.title), ("product:price:currency", product.currency)]
    metas += [("product:price:amount", product.price)] if product.price else []
    tags = "".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in metas)
    return _page(product, tags + _script(graph))


def _describe(product: Product) -> dict[str, Any]:
    stated = {"name": product.title, "author": {"@type": "Person", "name": product.author}}
    optional = {"isbn": product.isbn, "description": product.description, "image": product.image}
    return {**stated, **{name: value for name, value in optional.items() if value}}


def _offer(product: Product) -> dict[str, Any]:
    offer = {"@type": "Offer", "availability": f"https://schema.org/{product.availability}"}
    return {**offer, "price": product.price, "priceCurrency": product.currency} if product.price else offer


def _script(data: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def _page(product: Product, head: str) -> str:
    title = escape(product.title)
    return f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1></body></html>"
