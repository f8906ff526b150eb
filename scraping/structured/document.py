"""A parsed HTML page: its address, headings, scripts of structured data and meta elements."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from scraping.page import Page

JSON_LD = "application/ld+json"
SHADOW_ROOT_MODES = {"open", "closed"}  # browsers render the content of these templates without a script


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`base_url` is the address that relative addresses refer to. `canonical_url` is None if two are stated.

    `titles` are the texts of `<title>` and `og:title`. `meta` are the pairs of lower-case name and content of
    `<meta property>` and `<meta name>`. `root` is an lxml element.
    """

    url: str
    base_url: str
    canonical_url: str | None
    headings: tuple[str, ...]
    titles: tuple[str, ...]
    scripts: tuple[str, ...]
    meta: tuple[tuple[str, str], ...]
    root: Any
    is_complete: bool

    @property
    def confirming_texts(self) -> tuple[str, ...]:
        """The texts that confirm a product: the headings, or the titles if the page has no heading."""
        return self.headings or self.titles

    def resolve(self, address: str) -> str:
        return _join(self.base_url, address)


def parse_document(page: Page) -> Document:
    root, is_complete = _parse_html(page.html)
    base_url = _find_base_url(root, page.url)
    meta = tuple(pair for element in root.iter("meta") for pair in _read_meta(element))
    titles = [*map(_read_text, root.xpath("//head/title")), *(content for name, content in meta if name == "og:title")]
    return Document(
        url=page.url,
        base_url=base_url,
        canonical_url=_find_canonical_url(root, base_url),
        headings=tuple(text for text in map(_read_text, root.iter("h1")) if text),
        titles=tuple(title for title in titles if title.strip()),
        scripts=tuple(script.text for script in root.iter("script") if script.text and _is_json_ld(script)),
        meta=meta,
        root=root,
        is_complete=is_complete,
    )


def _parse_html(html: str) -> tuple[Any, bool]:
    """The root element without the content of `<template>`, and whether the whole page was parsed.

    A template is no part of the page until a script inserts its content, unless it declares a shadow root
    (https://html.spec.whatwg.org/multipage/scripting.html#the-template-element). The content of `<noscript>` is,
    because this program runs no scripts.

    libxml2 drops the rest of a page that is nested more than 2,048 levels deep, or 256 without `huge_tree`.
    """
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(html.replace("\0", "\ufffd").encode(errors="replace"), parser)
    except etree.LxmlError:
        root = None
    error = parser.error_log.last_error
    is_complete = error is None or error.type != etree.ErrorTypes.ERR_RESOURCE_LIMIT
    if root is None:
        return etree.Element("html"), is_complete
    _remove_templates(root)
    return root, is_complete


def _remove_templates(root: Any) -> None:
    for template in root.xpath("//template"):
        if template.get("shadowrootmode", "").lower() in SHADOW_ROOT_MODES:
            template.tag = "div"
    etree.strip_elements(root, "template", with_tail=False)


def _find_base_url(root: Any, page_url: str) -> str:
    """The address of the first `<base href>`, as in browsers."""
    bases = [element.get("href") for element in root.iter("base") if element.get("href")]
    return _join(page_url, bases[0]) if bases else page_url


def _find_canonical_url(root: Any, base_url: str) -> str | None:
    links = [link for link in root.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    urls = {_join(base_url, link.get("href")) for link in links if link.get("href")}
    return urls.pop() if len(urls) == 1 else None


def _join(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return ""


def _read_text(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _is_json_ld(script: Any) -> bool:
    return bool((script.get("type") or "").partition(";")[0].strip().lower() == JSON_LD)


def _read_meta(meta: Any) -> list[tuple[str, str]]:
    names = {(meta.get(attribute) or "").strip().lower() for attribute in ("property", "name")}
    return [(name, meta.get("content") or "") for name in sorted(names) if name]
