"""The crawl of `manage.py scrape_books` as a Scrapy spider: listing pages, product pages, rows in SQLite.

scrapy runspider books_spider.py -a url=http://localhost:8000/ -s SQLITE_PATH=books.sqlite3 \
    -s CONCURRENT_REQUESTS=4 -s CONCURRENT_REQUESTS_PER_DOMAIN=4
"""

import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import astuple, dataclass, fields
from decimal import Decimal
from typing import Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse

RATINGS = {"One": 1, "Two": 2, "Three": 3, "Four": 4, "Five": 5}
CURRENCIES = {"£": "GBP"}
STOCK = re.compile(r"In stock(?: \((\d+) available\))?")
BATCH = 100  # rows per transaction, as in our crawl


@dataclass(slots=True)
class BookItem:
    """The fields of a product page."""

    upc: str
    title: str
    price: Decimal
    currency: str
    in_stock: bool
    stock: int | None
    rating: int
    category: str
    description: str | None
    cover_url: str
    product_url: str


class SqlitePipeline:
    """Upserts items by UPC, one transaction for each batch."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.batch: list[tuple[object, ...]] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not (path := crawler.settings.get("SQLITE_PATH")):
            raise NotConfigured("Set SQLITE_PATH to the path of the database.")
        return cls(path)

    def open_spider(self) -> None:
        self.database = sqlite3.connect(self.path)
        self.database.execute("PRAGMA journal_mode=WAL")  # as our database
        self.database.execute(
            "CREATE TABLE IF NOT EXISTS books (upc TEXT PRIMARY KEY, title TEXT NOT NULL, price NUMERIC NOT NULL,"
            " currency TEXT NOT NULL, in_stock INTEGER NOT NULL, stock INTEGER, rating INTEGER NOT NULL,"
            " category TEXT NOT NULL, description TEXT, cover_url TEXT NOT NULL, product_url TEXT NOT NULL)"
        )

    def process_item(self, item: BookItem) -> BookItem:
        self.batch.append(astuple(item))
        if len(self.batch) == BATCH:
            self.flush()
        return item

    def close_spider(self) -> None:
        self.flush()
        self.database.close()

    def flush(self) -> None:
        with self.database:
            self.database.executemany(UPSERT, self.batch)
        self.batch.clear()


class BooksSpider(Spider):
    """Requests all listing pages and product pages, starting at the address in `-a url=`."""

    name = "books"
    custom_settings = {
        "AUTOTHROTTLE_ENABLED": False,
        "CONCURRENT_REQUESTS": 4,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 4,
        "COOKIES_ENABLED": False,
        "DOWNLOAD_DELAY": 0,
        "ITEM_PIPELINES": {SqlitePipeline: 300},
        "LOG_LEVEL": "WARNING",
        "ROBOTSTXT_OBEY": True,
        "TELNETCONSOLE_ENABLED": False,
    }

    async def start(self) -> AsyncIterator[Request]:
        yield Request(self.url, callback=self.parse_listing)

    def parse_listing(self, response: HtmlResponse) -> Iterator[Request]:
        # The next listing page has priority, so that the queue of product pages does not run empty.
        yield from response.follow_all(css="ul.pager > li.next > a", callback=self.parse_listing, priority=1)
        yield from response.follow_all(css="article.product_pod > h3 > a", callback=self.parse_book)

    def parse_book(self, response: HtmlResponse) -> BookItem:
        article = response.css("article.product_page")
        main = article.css("div.product_main")
        price = main.css("p.price_color::text").get().strip()
        in_stock, stock = parse_availability(
            article.xpath(".//th[.='Availability']/following-sibling::td/text()").get()
        )
        return BookItem(
            upc=article.xpath(".//th[.='UPC']/following-sibling::td/text()").get(),
            title=main.css("h1::text").get().strip(),
            price=Decimal(price[1:]),
            currency=CURRENCIES[price[0]],
            in_stock=in_stock,
            stock=stock,
            rating=RATINGS[main.css("p.star-rating::attr(class)").get().split()[1]],
            category=response.css("ul.breadcrumb > li:nth-child(3) > a::text").get().strip(),
            description=(article.css("#product_description + p::text").get() or "").strip() or None,
            cover_url=response.urljoin(article.css("#product_gallery img::attr(src)").get()),
            product_url=response.url,
        )


def parse_availability(text: str) -> tuple[bool, int | None]:
    """Whether the book is in stock, and the number of copies if the page states it."""
    if not (match := STOCK.fullmatch(text.strip())):
        return False, 0
    return True, int(match[1]) if match[1] else None


def _build_upsert() -> str:
    names = [field.name for field in fields(BookItem)]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name != "upc")
    values = ", ".join("?" for _ in names)
    return f"INSERT INTO books ({', '.join(names)}) VALUES ({values}) ON CONFLICT (upc) DO UPDATE SET {changes}"


UPSERT = _build_upsert()
sqlite3.register_adapter(Decimal, str)
