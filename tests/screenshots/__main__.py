"""`make screenshots` starts Colophon with a demonstration shop and writes every page to var/screenshots/.

The pictures are named `page-NAME[-phone][-dark].png`: 1280 and 390 pixels wide, in both themes. Those that the
documents show are copied to docs/images/.
"""

import argparse
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.screenshots.browser import (
    CHROMIUM,
    IMPORTER,
    READER,
    STAFF,
    THEMES,
    VIEWPORTS,
    open_context,
    wait_for_covers,
    write_picture,
)
from tests.support import suite_logs
from tests.support.service_process import run_service

DOCUMENTS = Path("docs")
PICTURE = re.compile(r"images/(page-[\w-]+\.png)")
PAGES = {
    "home": "",
    "catalogue": "catalogue",
    "catalogue-filtered": "catalogue?in_stock=true&rating=4&max_price=40",
    "catalogue-empty": "catalogue?rating=5&max_price=1",
    "price-changes": "price-changes",
    "search": "find?q=war",
    "search-start": "find",
    "book": "book/{book}",
    "author": "author/1",
    "category": "category/1",
    "sign-in": "sign-in",
    "register": "register",
    "forgotten-password": "forgotten-password",
    "not-found": "nothing",
}
READER_PAGES = {
    "reader-home": "",
    "reader-book": "book/{book}",
    "library": "library",
    "library-filtered": "library?tag=crime",
    "library-empty": "library?tag=nothing",
    "reading-year": "library/year/{year}",
    "watches": "watches",
    "notifications": "notifications",
    "notification-settings": "account/notifications",
    "tracked": "tracked",
    "add-book": "book/add",
    "account": "account",
    "tokens": "account/tokens",
    "sessions": "account/sessions",
}
IMPORT_PAGES = {
    "imports": "library/import",
    "import-columns": "library/import/{columns}",
    "import-preview": "library/import/{preview}",
    "import-running": "library/import/{running}",
    "import-report": "library/import/{done}",
    "import-review": "library/import/{done}?outcome=needs_review",
    "import-failed": "library/import/{done}?outcome=failed",
    "import-search": "library/import/{done}/rows/3/search?sources=all",
    "import-undone": "library/import/{undone}",
}
STAFF_PAGES = {
    "crawls": "runs",
    "crawl": "runs/1",
    "statistics": "statistics",
    "admin-books": "admin/books/book/",
    "admin-crawl": "admin/scraping/scraperun/{running_crawl}/change/",
    "admin-reviews": "admin/books/heldprice/",
    "shops": "admin/scraping/shop/",
    "shop": "admin/scraping/shop/lantern/change/",
    "shop-products": "admin/scraping/shop/harbour/products/",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make screenshots", description="Writes every page as PNG files.")
    parser.add_argument("--folder", type=Path, default=Path("var/screenshots"), help="default: %(default)s")
    parser.add_argument(
        "--full-page", action="store_true", help="the whole page instead of the first screen; not for the documents"
    )
    parser.add_argument("names", nargs="*", help="the pages to write (default: all)")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serve_pages(Path(folder)) as (address, ids):
        write_pictures(address, ids, options)


@contextmanager
def serve_pages(folder: Path) -> Iterator[tuple[str, dict[str, int]]]:
    """Serves Colophon after a crawl of 1,000 books. Yields its address and the ids in the addresses of pages."""
    os.environ[suite_logs.FOLDER] = str(folder)
    with serving(Shop(read_books())) as shop, serving(OpenLibrary()) as open_library:
        environment = {"SHOP_URL": shop, "OPENLIBRARY_URL": open_library, "CONTACT": STAFF}
        with run_service("run", folder, **environment) as service:
            service.wait_for_line("1,000 books: 1,000 created")
            with fill_database(folder / "var", environment) as ids:
                yield service.address, ids


@contextmanager
def fill_database(var: Path, environment: dict[str, str]) -> Iterator[dict[str, int]]:
    os.environ |= {**environment, "VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "config.settings"}
    django.setup()
    from tests.screenshots.data import fill  # noqa: PLC0415  models need django.setup()
    from tests.screenshots.staff import keep_running  # noqa: PLC0415

    ids = fill()
    with keep_running(ids["running_crawl"]):
        yield ids


def write_pictures(address: str, ids: dict[str, int], options: argparse.Namespace) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for pages, email in ((PAGES, None), (READER_PAGES, READER), (IMPORT_PAGES, IMPORTER), (STAFF_PAGES, STAFF)):
            chosen = {name: path for name, path in pages.items() if name in options.names or not options.names}
            urls = {name: address + path.format(**ids) for name, path in chosen.items()}
            warm_up(browser, address, urls, email=email)
            for device, viewport in VIEWPORTS.items():
                for theme in THEMES:
                    context = open_context(
                        browser, address, email=email, viewport=viewport, color_scheme=theme,
                        device_scale_factor=1, has_touch=device == "phone",
                    )  # fmt: skip
                    write_pages(context, urls, options, ending=file_ending(device, theme))
                    context.close()


def warm_up(browser: Browser, address: str, urls: dict[str, str], *, email: str | None) -> None:
    """Waits until the covers of all pages are stored."""
    context = open_context(browser, address, email=email)
    for url in urls.values():
        wait_for_covers(context, url)
    context.close()


def write_pages(context: BrowserContext, urls: dict[str, str], options: argparse.Namespace, *, ending: str) -> None:
    shown = set() if options.full_page else find_pictures_of_documents()
    for name, url in urls.items():
        file = options.folder / f"page-{name}{ending}.png"
        write_picture(context, url, file, full_page=options.full_page)
        if file.name in shown:
            shutil.copy(file, DOCUMENTS / "images")


def find_pictures_of_documents() -> set[str]:
    return {name for file in (Path("README.md"), *DOCUMENTS.glob("*.md")) for name in PICTURE.findall(file.read_text())}


def file_ending(device: str, theme: str) -> str:
    return ("-phone" if device == "phone" else "") + ("-dark" if theme == "dark" else "")


if __name__ == "__main__":
    main()
