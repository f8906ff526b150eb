"""A service with the first 60 books of the shop, an Open Library with faults that tests switch on, and visitors."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.service_process import ServiceProcess, run_service
from tests.web.browser.visitors import Visitors


@pytest.fixture(scope="package")
def works() -> OpenLibrary:
    return OpenLibrary()


@pytest.fixture(scope="package")
def service(works: OpenLibrary, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    folder = tmp_path_factory.mktemp("pages")
    with (
        serving(Shop(read_books()[:60])) as shop,
        serving(works) as open_library,
        run_service("run", folder, SHOP_URL=shop, OPENLIBRARY_URL=open_library, CONTACT="tests@example.org") as process,
    ):
        process.wait_for_line("60 books: 60 created")
        yield process


@pytest.fixture
def visitors(service: ServiceProcess, browser: Browser, works: OpenLibrary) -> Iterator[Visitors]:
    """Opens pages; afterwards no page may have reported a problem."""
    works.fault, works.delay = "", 0.0
    visitors = Visitors(browser, service.address)
    yield visitors
    works.fault, works.delay = "", 0.0
    visitors.close()
    assert visitors.problems == []
