"""`manage.py read_page`: prints the product that a shop's page states. Writes nothing."""

import json
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.money import is_currency
from core.redaction import redact
from core.text import to_printable
from scraping.errors import CrawlFailed, FetchError
from scraping.fetching.decoding import decode_html
from scraping.fetching.fetcher import Fetcher
from scraping.fetching.options import FetchOptions
from scraping.origin import has_user_information, parse_origin
from scraping.page import Page
from scraping.structured.extraction import Availability, Extraction, Hints, Kind
from scraping.structured.reader import read

DELAY = 1.0  # seconds between the requests of robots.txt and the page
FIELDS = ("title", "authors", "isbn_13", "price", "currency", "availability")
WORKS = ("description", "cover_url")
MAX_SHOWN = 100  # characters of a description
SHOWN = {Availability.BACKORDER: Availability.OUT}  # the output has three availabilities
NO_PRODUCT = "No product: the page states none in JSON-LD, microdata or OpenGraph."


class Command(BaseCommand):
    help = (
        "Reads the product of a shop's page from its structured data, and prints each field, its source and what is in "
        "doubt. Writes nothing. robots.txt is obeyed. Exit status: 0 the page was read, also if it states no product; "
        "1 it could not be fetched, with the reason in one line; 2 invalid arguments."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("url", help="address of the product page")
        add("--file", type=Path, metavar="PAGE.html", help="read this file as if it had been sent from the address")
        add("--currency", type=str.upper, help="ISO 4217 code of the shop's prices, if its pages state none")
        add("--decimal-mark", choices=[".", ","], help="what separates the decimals in the shop's prices, if it is not "
            "certain from the number, such as 1.234")  # fmt: skip
        add("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        check_address(options["url"])
        if options["currency"] and not is_currency(options["currency"]):
            raise CommandError(f"{options['currency']!r} is not an ISO 4217 code of a currency, such as EUR.")
        page = load_file(options["file"], options["url"]) if options["file"] else fetch_page(options["url"])
        hints = Hints(currency=options["currency"], decimal_mark=options["decimal_mark"])
        extraction = read(page, hints)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(extraction), indent=2))
        else:
            self.stdout.write("\n".join(map(to_printable, format_lines(extraction))))


def check_address(url: str) -> None:
    """Raises CommandError."""
    try:
        parse_origin(url)
    except ValueError:
        message = (
            f"{redact(to_printable(url))!r} is not an http:// or https:// address, such as https://shop.example/book"
        )
        raise CommandError(message) from None
    if has_user_information(url):
        raise CommandError("The address must not contain a user name or a password.")


def load_file(path: Path, url: str) -> Page:
    """Raises CommandError."""
    try:
        return Page(url, decode_html(path.read_bytes(), url, content_type=""))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except FetchError as error:
        raise CommandError(f"{path} {error.detail}.") from error


def fetch_page(url: str) -> Page:
    """Raises CommandError."""
    options = FetchOptions(
        delay=DELAY, contact=settings.CONTACT, connections=1, private_addresses=settings.PRIVATE_ADDRESSES,
        follows_www=True, detects_challenges=True,
    )  # fmt: skip
    try:
        with Fetcher(url, options, threading.Event()) as fetcher:
            page = fetcher.fetch_page(url)
    except (FetchError, CrawlFailed) as error:
        raise CommandError(str(error)) from error
    assert isinstance(page, Page)  # without validators, the page is sent in full
    return page


def as_json(extraction: Extraction) -> dict[str, Any]:
    """The amount is text with its decimals. A field that is not stated or in doubt is null."""
    product = extraction.product
    fields = {name: getattr(product, name) if product else None for name in FIELDS}
    return {
        "kind": extraction.kind,
        **fields,
        "authors": [*(fields["authors"] or ())],
        "availability": SHOWN.get(stated, stated) if (stated := fields["availability"]) else None,
        "price": None if fields["price"] is None else f"{fields['price']:f}",
        "sources": {name: source for name, source in extraction.sources.items() if name in FIELDS},
        "doubts": [{"field": each.field, "reason": each.reason, "text": each.text} for each in extraction.doubts],
    }


def format_lines(extraction: Extraction) -> list[str]:
    values = as_json(extraction)
    lines = [format_field(name, values[name], extraction) for name in FIELDS]
    works = {name: shorten(getattr(extraction.product, name, None)) for name in WORKS}
    lines += [format_field(name, text, extraction) for name, text in works.items() if text]
    if extraction.kind == Kind.NONE:
        lines = [NO_PRODUCT]
    return [*lines, *(f"In doubt: {each}" for each in extraction.doubts)]


def shorten(text: str | None) -> str | None:
    """The beginning of the text, in one line."""
    line = " ".join((text or "").split())
    return (line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}…") or None


def format_field(name: str, value: Any, extraction: Extraction) -> str:
    label = f"{name.replace('_', ' ')}:".ljust(14)
    text = "; ".join(value) if isinstance(value, list) else value
    return f"{label}{text} ({extraction.sources[name]})" if text else f"{label}not stated"
