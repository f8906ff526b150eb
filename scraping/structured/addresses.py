"""Compares the addresses of things with the address of the page."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from scraping.structured.document import Document
from scraping.structured.node import Node

# Parameters that identify a visit or an advertisement, not a page.
TRACKING = re.compile(r"utm_\w+|gclid|gbraid|wbraid|fbclid|msclkid|srsltid|_pos|_sid|_ss|_gl", re.IGNORECASE)
TRAILING_NUMBER = re.compile(r"(?<!\d)(\d{5,})/?\Z")
NUMBER_IN_PATH = re.compile(r"(?<!\d)97[89]\d{10}(?!\d)")
Address = tuple[str, str, tuple[tuple[str, str], ...]]  # host, path, parameters


def parse_address(url: str) -> Address | None:
    """Host without `www.`, path without its last slash, sorted parameters without tracking. None if not of the web."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    parameters = (pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not TRACKING.fullmatch(pair[0]))
    authority = host if port in {None, 80, 443} else f"{host}:{port}"
    return authority, unquote(parts.path).rstrip("/"), tuple(sorted(parameters))


def find_addresses(node: Node, document: Document) -> set[Address]:
    """The addresses of the thing itself."""
    stated = [*node.texts("url"), *node.texts("mainentityofpage")]
    stated += [page.identifier for page in node.nodes("mainentityofpage") if page.identifier]
    return _parse_all(stated, document)


def find_all_addresses(node: Node, document: Document) -> set[Address]:
    """Also its identifier and the addresses of its offers, which need not be addresses of pages."""
    stated = [node.identifier] if node.identifier else []
    stated += [url for offer in node.nodes("offers") for url in offer.texts("url")]
    return find_addresses(node, document) | _parse_all(stated, document)


def names_address(node: Node, document: Document, url: str | None) -> bool:
    """Whether one of the node's addresses is `url`."""
    address = parse_address(url) if url else None
    return address is not None and address in find_all_addresses(node, document)


def has_same_number(node: Node, document: Document) -> bool:
    """Whether the node's path ends with the number with which the page's path ends: its key, behind another text."""
    page = parse_address(document.url)
    number = TRAILING_NUMBER.search(page[1]) if page else None
    if not (page and number):
        return False
    others = (TRAILING_NUMBER.search(path) for host, path, _ in find_addresses(node, document) if host == page[0])
    return any(other and other[1] == number[1] for other in others)


def is_of_another_page(node: Node, document: Document) -> bool:
    """Whether all addresses of the thing are other pages of the same shop. The home page is no product's address."""
    own = {address for url in (document.url, document.canonical_url) if url and (address := parse_address(url))}
    hosts = {host for host, _, _ in own}
    stated = {each for each in find_addresses(node, document) if each[0] in hosts and each[1]}
    return (
        bool(stated)
        and not has_same_number(node, document)
        and not any(_is_same_path(each, other) for each in stated for other in own)
    )


def _is_same_path(address: Address, page: Address) -> bool:
    """Whether the page's address is this one, perhaps with more parameters, such as a variant's."""
    return address[:2] == page[:2] and set(address[2]) <= set(page[2])


def find_numbers(url: str) -> tuple[str, ...]:
    """The numbers of 13 digits in an address's path that may be ISBNs."""
    address = parse_address(url)
    return tuple(NUMBER_IN_PATH.findall(address[1])) if address else ()


def _parse_all(urls: list[str], document: Document) -> set[Address]:
    return {address for url in urls if (address := parse_address(document.resolve(url)))}
