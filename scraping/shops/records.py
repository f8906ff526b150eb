"""Turns the product of a page into the record of a book."""

from dataclasses import dataclass

from books.availability import Availability
from books.records import AuthorRecord, BookRecord, RecordError
from scraping.errors import ParseError
from scraping.fetching.challenges import contains_challenge
from scraping.models import Shop
from scraping.page import Page
from scraping.shops.rejections import Cause, Rejected
from scraping.sites.registry import load_site
from scraping.structured.extraction import Availability as Stated
from scraping.structured.extraction import Doubt, Extraction, Hints, Kind, Offered
from scraping.structured.reader import read

AVAILABILITIES = {
    None: Availability.UNKNOWN,
    Stated.IN: Availability.IN_STOCK,
    Stated.OUT: Availability.OUT_OF_STOCK,
    Stated.PRE: Availability.PREORDER,
    Stated.BACKORDER: Availability.BACKORDER,
}
MAX_TEXT = 100  # characters of a price that cannot be read
NO_PRODUCT = "The page states no product in JSON-LD, microdata or OpenGraph."


@dataclass(frozen=True, slots=True)
class ReadProduct:
    """`sources`: for each field, where the page states it. `doubts` are sentences."""

    record: BookRecord
    sources: dict[str, str]
    doubts: tuple[str, ...] = ()


def read_product(shop: Shop, page: Page, key: str) -> ReadProduct:
    """Reads the page of a product. `key` is its source key. Raises Rejected."""
    return _read_by_module(shop, page) if shop.is_hand_written else _read_structured(shop, page, key)


def _read_by_module(shop: Shop, page: Page) -> ReadProduct:
    try:
        return ReadProduct(load_site(shop.source_id).parse_book(page), {})
    except ParseError as error:
        raise Rejected(Cause.NO_PRODUCT, f"The page cannot be read as a product page: {error}.") from error


def _read_structured(shop: Shop, page: Page, key: str) -> ReadProduct:
    hints = Hints(currency=shop.currency or None, decimal_mark=shop.decimal_mark or None)
    extraction = read(page, hints)
    product = extraction.product
    if extraction.kind == Kind.NONE and contains_challenge(page.html):
        raise Rejected(Cause.CHALLENGE, "The page asks for a proof that a person sent the request.")
    doubts = [each for each in extraction.doubts if each.field in {"product", "title"}]
    if doubts:
        raise Rejected(Cause.IN_DOUBT, f"It is not certain which product the page describes. {_join(doubts)}")
    if product is None or product.title is None:
        raise Rejected(Cause.NO_PRODUCT, NO_PRODUCT)
    try:
        record = _build_record(shop, page, key, product, extraction)
    except RecordError as error:
        raise Rejected(Cause.IN_DOUBT, f"A value cannot be stored: {error}.") from error
    return ReadProduct(record, dict(extraction.sources), tuple(map(str, extraction.doubts)))


def _build_record(shop: Shop, page: Page, key: str, product: Offered, extraction: Extraction) -> BookRecord:
    assert product.title is not None
    return BookRecord(
        source=shop.source_id,
        source_key=key,
        title=product.title,
        isbn_13=product.isbn_13,
        price=product.price,
        currency=product.currency,
        price_text=_find_price_doubt(extraction),
        description=product.description,
        cover_url=product.cover_url,
        availability=AVAILABILITIES[product.availability],
        product_url=page.url,
        authors=tuple({name: AuthorRecord.identified_by_name(name) for name in product.authors}.values()),
    )


def _find_price_doubt(extraction: Extraction) -> str | None:
    """The text of a price that is in doubt; its reason, if the page states no text."""
    doubts = [each for each in extraction.doubts if each.field == "price"]
    return (doubts[0].text or doubts[0].reason)[:MAX_TEXT] if doubts else None


def reject_uncertain_price(product: ReadProduct) -> None:
    """Raises Rejected if the price is in doubt: a book must not start with a price that no person has checked."""
    if product.record.price_text is not None:
        raise Rejected(Cause.IN_DOUBT, f"The price is not certain. {' '.join(product.doubts)}")


def _join(doubts: list[Doubt]) -> str:
    return " ".join(f"{each}." for each in doubts)
