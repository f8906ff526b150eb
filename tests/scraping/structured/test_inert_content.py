"""Content of `<template>` is no part of a page. That of `<noscript>` is, because the reader runs no scripts."""

import pytest

from scraping.structured.extraction import Kind
from tests.scraping.structured.pages import BOOK, ISBN, MICRODATA, OTHER, RIGHT, html, read_html, script

# As in shops that fill a card of a related book or the quick view of a list by a script.
CARD = """
<template id="product-card">
  <article itemscope itemtype="https://schema.org/Product">
    <a itemprop="url" href="/book/harbour-songs"><h1 itemprop="name">Harbour Songs</h1></a>
    <div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
      <meta itemprop="priceCurrency" content="EUR"><span itemprop="price">3.20</span>
    </div>
  </article>
</template>"""
META = (
    '<meta property="og:type" content="product"><meta property="product:price:amount" content="3.20">'
    '<meta property="product:price:currency" content="EUR"><link rel="canonical" href="/book/harbour-songs">'
    '<base href="https://other.example/">'
)


@pytest.mark.parametrize(
    "product", [MICRODATA, f"<h1>The Lighthouse Keeper</h1>{script(BOOK)}"], ids=["microdata", "json"]
)
@pytest.mark.parametrize(
    "template",
    [
        CARD,
        CARD.replace("<template", "<TEMPLATE data-quick-view"),
        f"<template>{script(OTHER)}</template>",
        f"<template><p>Quick view</p>{CARD}{script(OTHER)}</template>",
        f"<ul><template><li>{MICRODATA.replace('12.50', '3.20')}</li></template><li>Home</li></ul>",
        f"<template>{META}</template>",
    ],
    ids=["microdata", "upper case", "json", "nested", "in a list", "meta"],
)
def test_products_of_templates_are_not_read(product: str, template: str) -> None:
    for parts in ((template, product), (product, template), (template, product, template)):
        extraction = read_html(html(*parts, heading=""))

        assert (extraction.kind, extraction.product, extraction.doubts) == (Kind.READ, RIGHT, ())


def test_template_in_the_head() -> None:
    page = f"<html><head><template>{script(OTHER)}</template>{script(BOOK)}</head><body><h1>{BOOK['name']}</h1></body>"

    assert read_html(page).product == RIGHT


def test_text_after_a_template_is_kept() -> None:
    page = MICRODATA.replace("The Lighthouse Keeper", "The <template><b>Sale</b></template>Lighthouse Keeper")

    assert read_html(html(page, heading="")).product == RIGHT


def test_page_with_products_in_templates_only_has_none() -> None:
    extraction = read_html(html(f"<template>{MICRODATA}{script(BOOK)}</template>", heading=""))

    assert (extraction.kind, extraction.product) == (Kind.NONE, None)


@pytest.mark.parametrize("mode", ["open", "CLOSED"])
def test_content_of_a_declared_shadow_root_is_read(mode: str) -> None:
    """Browsers render it without a script."""
    root = f"<template shadowrootmode={mode}>{CARD}{MICRODATA}</template>"
    extraction = read_html(html(f"<book-page>{root}</book-page>", heading=""))

    assert (extraction.kind, extraction.product, extraction.doubts) == (Kind.READ, RIGHT, ())


@pytest.mark.parametrize("attribute", ["shadowroot=open", "shadowrootmode", "shadowrootmode=none"])
def test_a_template_with_another_attribute_declares_no_shadow_root(attribute: str) -> None:
    page = html(f"<book-page><template {attribute}>{MICRODATA}</template></book-page>", heading="")

    assert read_html(page).kind == Kind.NONE


@pytest.mark.parametrize(
    "content", [MICRODATA, f"<h1>The Lighthouse Keeper</h1>{script(BOOK)}"], ids=["microdata", "json"]
)
def test_content_without_scripts_is_read(content: str) -> None:
    extraction = read_html(html("<div id='app'></div>", f"<noscript>{content}</noscript>", heading=""))

    assert extraction.product == RIGHT


def test_another_product_without_scripts_is_a_doubt() -> None:
    page = html(script(BOOK), f"<noscript>{script({**OTHER, 'isbn': ISBN})}</noscript>")

    assert read_html(page).kind == Kind.IN_DOUBT
