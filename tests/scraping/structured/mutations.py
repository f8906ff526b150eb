"""Changes to pages as they occur in shops: other formats, other products, missing and broken statements.

No change makes another value true: a reader must return the value of the unchanged page, or none.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.scraping.structured.pages import OTHER, script

SCRIPT = re.compile(r"""(<script[^>]*application/ld\+json[^>]*>)(.*?)(</script>)""", re.DOTALL | re.IGNORECASE)
PRODUCT = re.compile(r'"(?:Book|Product)"')
PRICE_IN_HTML = re.compile(r"""(itemprop="price"[^>]*?(?:content="|>\s*))([\d.,]+)""")
Mutation = Callable[[str], str]


def change_json(change: Callable[[dict[str, Any]], None]) -> Mutation:
    """Changes every product in a script."""

    def mutate(html: str) -> str:
        return SCRIPT.sub(lambda match: match[1] + _change_script(match[2], change) + match[3], html)

    return mutate


def _change_script(text: str, change: Callable[[dict[str, Any]], None]) -> str:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return text  # broken by an earlier change
    for product in [*_find_products(data)]:
        change(product)
    return json.dumps(data, ensure_ascii=False)


def _find_products(data: Any) -> Iterator[dict[str, Any]]:
    for each in data if isinstance(data, list) else [data]:
        if (
            isinstance(each, dict)
            and PRODUCT.search(json.dumps(each.get("@type")))
            and each.get("name") != OTHER["name"]
        ):
            yield each
        elif isinstance(each, dict):
            yield from _find_products(each.get("@graph") or [])


def find_offers(product: dict[str, Any]) -> list[dict[str, Any]]:
    """The dictionaries with a price anywhere in the product."""
    found, pending = [], [product]
    while pending:
        each: Any = pending.pop()
        found += [each] if isinstance(each, dict) and "price" in each else []
        pending += each.values() if isinstance(each, dict) else each if isinstance(each, list) else []
    return found


def change_script_text(change: Callable[[str], str]) -> Mutation:
    """Changes the text of every script of a product."""

    def mutate(html: str) -> str:
        return SCRIPT.sub(
            lambda match: match[1] + (change(match[2]) if PRODUCT.search(match[2]) else match[2]) + match[3], html
        )

    return mutate


def change_prices(change: Callable[[str], str]) -> Mutation:
    def change_offers(product: dict[str, Any]) -> None:
        for offer in find_offers(product):
            offer["price"] = change(str(offer["price"]))

    def mutate(html: str) -> str:
        return PRICE_IN_HTML.sub(lambda match: match[1] + change(match[2]), change_json(change_offers)(html))

    return mutate


def swap_marks(price: str) -> str:
    return price.translate(str.maketrans(",.", ".,"))


def group(mark: str) -> Callable[[str], str]:
    return lambda price: re.split(r"[.,]", price)[0] + f"{mark}000"


def set_everywhere(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(product: dict[str, Any]) -> None:
        for part in (product, *find_offers(product)):
            if key in part:
                part[key] = value

    return change


def add_offer(**changes: Any) -> Callable[[dict[str, Any]], None]:
    def change(product: dict[str, Any]) -> None:
        offers = product.get("offers")
        if isinstance(offers, dict):
            product["offers"] = [offers, {"@type": "Offer", "price": "1.00", "priceCurrency": "EUR"} | changes]

    return change


def drop_currency(product: dict[str, Any]) -> None:
    for offer in find_offers(product):
        offer.pop("priceCurrency", None)


def offer_range(product: dict[str, Any]) -> None:
    aggregate = {"@type": "AggregateOffer", "lowPrice": "9.99", "highPrice": "15.99", "priceCurrency": "EUR"}
    product["offers"] = aggregate


def strike_out(product: dict[str, Any]) -> None:
    for offer in find_offers(product):
        offer["priceSpecification"] = {"price": "99.00", "priceType": "https://schema.org/StrikethroughPrice"}


def break_isbn(product: dict[str, Any]) -> None:
    for part in (product, *[each for each in product.values() if isinstance(each, dict)]):
        if "isbn" in part:
            part["isbn"] = "9780306406150"


def lower_types(text: str) -> str:
    return re.sub(r'"(?:Book|Product|Offer)"', lambda match: match[0].lower(), text)


def insert(text: str, place: str) -> Mutation:
    def mutate(html: str) -> str:
        head, found, tail = html.partition(place) if place else ("", "", html)
        return head + found + text + tail if found or not place else html + text

    return mutate


OTHER_ITEM = """<div itemscope itemtype="https://schema.org/Product"><b itemprop="name">Harbour Songs</b>
<div itemprop="offers" itemscope itemtype="https://schema.org/Offer"><meta itemprop="priceCurrency" content="EUR">
<meta itemprop="price" content="3.20"></div></div>"""
ITEM_LIST = {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": [OTHER]}
PADDING = "<div class='recommendation'><p>Some text &amp; more</p></div>" * 50_000  # 3 MB

MUTATIONS: dict[str, Mutation] = {
    "no currency": change_json(drop_currency),
    "no currency in microdata": lambda html: html.replace('itemprop="priceCurrency"', ""),
    "comma and point": change_prices(swap_marks),
    "grouped by points": change_prices(group(".")),
    "grouped by commas": change_prices(group(",")),
    "price in words": change_prices(lambda _: "Free shipping over $50"),
    "price of zero": change_prices(lambda _: "0.00"),
    "price is null": change_json(set_everywhere("price", None)),
    "name is null": change_json(set_everywhere("name", None)),
    "offers are null": change_json(set_everywhere("offers", None)),
    "isbn is null": change_json(set_everywhere("isbn", None)),
    "used offer": change_json(add_offer(itemCondition="https://schema.org/UsedCondition")),
    "cheaper offer": change_json(add_offer()),
    "offer in dollars": change_json(add_offer(priceCurrency="USD")),
    "range": change_json(offer_range),
    "struck out": change_json(strike_out),
    "other product first": insert(script(OTHER), ""),
    "other product last": insert(script(OTHER), "</html>"),
    "other item first": insert(OTHER_ITEM, "<body>"),
    "other item last": insert(OTHER_ITEM, "</html>"),
    "item list": insert(script(ITEM_LIST), "<body>"),
    "invalid isbn": change_json(break_isbn),
    "trailing comma": change_script_text(lambda text: re.sub(r"\}\s*\Z", ",}", text)),
    "trailing comma in the offer": change_script_text(lambda text: re.sub(r'(InStock"\s*)\}', r"\1,}", text)),
    "CDATA": change_script_text(lambda text: f"//<![CDATA[\n{text}\n//]]>"),
    "HTML comment": change_script_text(lambda text: f"<!--\n{text}\n-->;"),
    "invalid escape": change_script_text(lambda text: text.replace('"name": "', r'"slogan": "it\'s", "name": "')),
    "entities": change_script_text(lambda text: text.replace(" ", "&#32;")),
    "control characters": change_script_text(
        lambda text: text.replace('"name": "', '"slogan": "a\x01\n\tb", "name": "')
    ),
    "unescaped quotes": change_script_text(lambda text: text.replace('"name": "', '"name": "a "b" ')),
    "cut": change_script_text(lambda text: text[: len(text) // 2]),
    "lower case types": change_script_text(lower_types),
    "60 arrays": change_script_text(lambda text: "[" * 60 + text + "]" * 60),
    "60 objects": change_script_text(lambda text: '{"a": ' * 60 + text + "}" * 60),
    "100,000 arrays": change_script_text(lambda text: "[" * 100_000 + text),
    "3 MB": insert(PADDING, "<body>"),
    "no types in microdata": lambda html: html.replace("schema.org/Book", "schema.org/Thing"),
    "no scope of the offer": lambda html: re.sub(r'(itemprop="offers")\s+itemscope', r"\1", html),
    "no scopes": lambda html: html.replace("itemscope", ""),
    "no headings": lambda html: re.sub(r"<(/?)h1\b", r"<\1h2", html),
    "nested deeply": insert("<div>" * 3_000, "<body>"),
}
