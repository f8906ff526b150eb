"""Which offer counts, its price and its availability."""

from decimal import Decimal
from typing import Any

import pytest

from scraping.structured.extraction import Availability, Kind
from tests.scraping.structured.pages import (
    BOOK,
    ISBN,
    OTHER_ISBN,
    RIGHT,
    THIRD_ISBN,
    URL,
    book,
    html,
    offer,
    read_html,
    read_json,
    read_product,
    reasons,
    script,
)

USED = offer(price="4.00", itemCondition="https://schema.org/UsedCondition")
STRUCK = {"@type": "UnitPriceSpecification", "priceType": "https://schema.org/StrikethroughPrice", "price": "20.00",
          "priceCurrency": "EUR"}  # fmt: skip
CURRENT = {"@type": "UnitPriceSpecification", "price": "12.50", "priceCurrency": "EUR"}
PER_KILOGRAM = {"@type": "UnitPriceSpecification", "price": "30.00", "priceCurrency": "EUR",
                "referenceQuantity": {"@type": "QuantitativeValue", "value": 1, "unitCode": "KGM"}}  # fmt: skip


@pytest.mark.parametrize(
    "offers",
    [
        [offer(), USED],
        [offer(itemCondition="NewCondition"), offer(price=12.5)],
        [offer(itemCondition="schema:NewCondition"), USED],
        [offer(), offer(price="4.00", itemCondition={"@id": "https://schema.org/UsedCondition"})],
        [offer(), offer(price="4.00", itemCondition={"@type": "OfferItemCondition", "name": "RefurbishedCondition"})],
        [offer(), offer(price="4.00", itemOffered={"@type": "Book", "itemCondition": "UsedCondition"})],
        [offer(), offer(price="1.00", businessFunction={"@id": "http://purl.org/goodrelations/v1#LeaseOut"})],
        [offer(), offer(price="3.00", category={"@type": "CategoryCode", "name": "Rental"})],
        [offer(url=URL), offer(price="3.00", url="https://shop.example/book/e-book")],
        [offer(isbn=ISBN), offer(gtin13=OTHER_ISBN, price="3.00")],
        [offer(), offer(price="1.00", businessFunction="http://purl.org/goodrelations/v1#Buy")],
        [offer(), offer(price="1.00", eligibleQuantity={"minValue": 10})],
        offer(priceSpecification=STRUCK),
        offer(price=None, priceSpecification=[STRUCK, CURRENT]),
        offer(price=None, priceCurrency=None, priceSpecification=CURRENT),
        {"@type": "AggregateOffer", "lowPrice": "12.50", "highPrice": 12.5, "priceCurrency": "EUR",
         "availability": "InStock"},
        {"@type": "AggregateOffer", "lowPrice": "12.50", "offerCount": 1, "priceCurrency": "EUR",
         "availability": "InStock"},
        {"@type": "AggregateOffer", "lowPrice": "12.50", "offerCount": 2, "priceCurrency": "EUR",
         "offers": [offer(), offer(price="12.500000")]},
        {"@type": "AggregateOffer", "lowPrice": "4.00", "highPrice": "12.50", "priceCurrency": "EUR",
         "offers": [offer(), USED]},
        [{"@type": "AggregateOffer", "itemCondition": "UsedCondition", "offers": [offer(price="4.00")]},
         {"@type": "AggregateOffer", "itemCondition": "NewCondition", "offers": [offer()]}],
        [offer(), {"@type": "AggregateOffer", "category": "rental", "offers": [offer(price="4.00")]}],
        {"@type": "AggregateOffer", "price": "12.50", "priceCurrency": "EUR", "offerCount": "1",
         "availability": {"@id": "https://schema.org/InStock"}},
        offer(price=None, priceSpecification=[CURRENT, PER_KILOGRAM]),
        offer(price=None, priceSpecification=CURRENT | {"unitCode": "C62", "referenceQuantity": {"value": 1}}),
    ],
)  # fmt: skip
def test_offers_with_one_price(offers: Any) -> None:
    assert read_product(book(offers=offers)) == RIGHT


@pytest.mark.parametrize(
    ("offers", "reason"),
    [
        ([offer(), offer(price="3.00")], "the page states several prices"),
        ([offer(), offer(priceCurrency="USD")], "the page states several prices"),
        ([offer(), offer(price="3.00", priceCurrency=None)], "the page states no currency"),
        ([offer(), {"@type": "Offer"}], "not all offers of the page state a price"),
        (offer(businessFunction="http://purl.org/goodrelations/v1#Buy"), "the page offers other business than a sale"),
        (offer(category="subscription"), "the page offers other business than a sale"),
        (offer(validForMemberTier={"name": "Gold"}), "the page offers only prices under conditions"),
        (offer(gtin13=OTHER_ISBN), "the offers are of another ISBN"),
        (offer(price=None, lowPrice="9.99", highPrice="15.99"), "the page states a range of prices"),
        ({"@type": "AggregateOffer", "lowPrice": "9.99", "priceCurrency": "EUR"}, "the page states a range of prices"),
        ({"@type": "AggregateOffer", "highPrice": "9.99", "priceCurrency": "EUR"}, "the page states a range of prices"),
        ({"lowPrice": "9.99", "highPrice": "15.99", "priceCurrency": "EUR", "offers": offer()},
         "the page states a range of prices"),
        (offer(price=None, priceSpecification=STRUCK), "the page states only list prices and prices under conditions"),
        (offer(priceSpecification=CURRENT | {"valueAddedTaxIncluded": False}), "the price is stated without taxes"),
        (offer(price=None, priceSpecification=CURRENT | {"valueAddedTaxIncluded": "https://schema.org/False"}),
         "the price is stated without taxes"),
        (offer(price=None, priceSpecification=PER_KILOGRAM),
         "the page states only list prices and prices under conditions"),
        (offer(price=None, priceSpecification=CURRENT | {"unitText": "month"}),
         "the page states only list prices and prices under conditions"),
        ({"@type": "AggregateOffer", "price": "12.50", "priceCurrency": "EUR", "offerCount": 5},
         "the page states one price for several offers"),
        (offer(price=None, priceSpecification={"minPrice": 9, "maxPrice": 15, "priceCurrency": "EUR"}),
         "the page states a range of prices"),
        ({"valueAddedTaxIncluded": False, "offers": offer()}, "the price is stated without taxes"),
        ({"valueAddedTaxIncluded": False, "offers": [offer(), USED]}, "the price is stated without taxes"),
        (offer(price={"value": "12.50"}), "the price is not a number"),
        (offer(priceCurrency=None), "the page states no currency"),
        (offer(priceCurrency="€"), "'€' is not the code of a currency"),
        (offer(priceCurrency="GBp"), "'GBp' is not the code of a currency"),
        (offer(priceCurrency="XXX"), "'XXX' is not the code of a currency"),
        (offer(priceCurrency=["EUR", "USD"]), "the currency is not certain (EUR, USD)"),
        ("12.50", "the price is not part of an offer"),
    ],
)  # fmt: skip
def test_offers_without_a_certain_price(offers: Any, reason: str) -> None:
    extraction = read_json(book(offers=offers))

    assert extraction.product
    assert extraction.kind == Kind.IN_DOUBT
    assert (extraction.product.price, extraction.product.currency, extraction.product.availability) == (None,) * 3
    assert reasons(extraction) == [reason]


@pytest.mark.parametrize("condition", ["UsedCondition", {"@id": "https://schema.org/RefurbishedCondition"}])
def test_used_copies_count_if_there_are_no_others(condition: Any) -> None:
    used, price = offer(price="4.00", itemCondition=condition), offer(price="4.00")

    assert read_product(book(offers=[used, used])).price == Decimal("4.00")
    assert read_product(book(offers=price, itemCondition=condition)).price == Decimal("4.00")
    assert read_product(book(offers=[offer(price=None, itemCondition="NewCondition"), used])).price is None


@pytest.mark.parametrize(
    "offers",
    [{"@type": "AggregateOffer", "offerCount": 0}, None, [], offer(price=None), offer(price=""), offer(price=" ")],
)
def test_missing_price_is_not_a_doubt(offers: Any) -> None:
    extraction = read_json(book(offers=offers))

    assert extraction.product
    assert (extraction.kind, extraction.product.price, extraction.product.title) == (Kind.READ, None, RIGHT.title)


def edition(number: str, price: str, isbn: str) -> dict[str, Any]:
    return {
        "@type": "Book", "isbn": isbn, "url": f"https://shop.example/book/{number}",
        "potentialAction": {"@type": "ReadAction", "expectsAcceptanceOf": offer(price=price)},
    }  # fmt: skip


EDITIONS = [edition("paper-1000001", "12.50", ISBN), edition("e-book-1000002", "5.00", THIRD_ISBN)]


@pytest.mark.parametrize("page", ["paper-1000001", "another-text/1000001"])
@pytest.mark.parametrize("name", ["workExample", "hasVariant"])
def test_edition_is_chosen_by_the_address(name: str, page: str) -> None:
    product = book(isbn=None, offers=None) | {name: EDITIONS}

    assert read_product(product, url=f"https://shop.example/book/{page}") == RIGHT


def test_only_edition_and_unnamed_editions() -> None:
    assert read_product(book(isbn=None, offers=None, workExample=EDITIONS[0])) == RIGHT
    extraction = read_json(book(isbn=None, offers=None, workExample=EDITIONS))
    assert reasons(extraction) == ["the page states 2 editions or variants, and not which of them it offers"]
    assert extraction.product
    assert extraction.product.isbn_13 is None


def test_loose_prices_must_agree() -> None:
    loose = '<div itemprop="offers" itemscope itemtype="https://schema.org/Offer"><b itemprop="price">{}</b></div>'

    assert read_html(html(script(BOOK), loose.format("12,50"))).product == RIGHT
    other = read_html(html(script(BOOK), loose.format("9.50")))
    assert reasons(other) == ["the page states several prices"]
    assert reasons(read_html(html(script(BOOK), '<meta itemprop="price" content="9">'))) == reasons(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://schema.org/InStock", Availability.IN),
        ("http://schema.org/instock/", Availability.IN),
        ("in stock", Availability.IN),
        ("schema:LimitedAvailability", Availability.IN),
        ("PreOrder", Availability.PRE),
        ("PRESALE", Availability.PRE),
        ("BackOrder", Availability.BACKORDER),
        ("out_of_stock", Availability.OUT),
        ("https://schema.org/Discontinued", Availability.OUT),
        ("Direct leverbaar", None),
        ("InStoreOnly", Availability.IN),
        ("MadeToOrder", None),
        ({"@id": "https://schema.org/PreOrder"}, Availability.PRE),
        ({"@type": "ItemAvailability", "name": "SoldOut"}, Availability.OUT),
        ("", None),
        (True, None),
        (["InStock", "OutOfStock"], None),
        (["BackOrder", "OutOfStock"], Availability.OUT),
    ],
)
def test_availability(text: Any, expected: Availability | None) -> None:
    product = read_product(book(offers=offer(availability=text)))

    assert (product.availability, product.price) == (expected, RIGHT.price)
