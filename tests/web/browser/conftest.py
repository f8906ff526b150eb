"""A service with the first 60 books of the shop, an Open Library with faults that tests switch on, and visitors."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, StorageState, expect

from tests.fakes.mail.server import MailServer, receiving_mail
from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.installation import Installation
from tests.support.service_process import ServiceProcess, run_service
from tests.web.browser.visitors import PASSWORD, Visitors, expect_heading

SUPERUSER = "superuser@example.org"
ADD_TRACKED_PAGES = f"""
from django.utils import timezone
from books.models import Book
from scraping.models import Shop, ShopPage, TrackedPage
from users.models import User
shop, reader = Shop.objects.get(pk="books_to_scrape"), User.objects.get(email="{SUPERUSER}")
book = max(Book.objects.all(), key=lambda book: len(book.title))
read = dict(state="read", book=book, read_at=timezone.now(), sources=dict(price="json-ld"))
doubt = dict(state="in_doubt", reason="price: the number can be read in two ways: '1.234'")
for number, values in enumerate((read, doubt)):
    url = f"https://books.toscrape.com/catalogue/{{'a-long-word-' * 20}}{{number}}"
    page = ShopPage.objects.create(shop=shop, key=str(number), url=url, **values)
    TrackedPage.objects.create(page=page, user=reader)
"""


@pytest.fixture(scope="package")
def works() -> OpenLibrary:
    return OpenLibrary()


@pytest.fixture(scope="package")
def mail_server() -> Iterator[MailServer]:
    with receiving_mail() as server:
        yield server


@pytest.fixture(scope="package")
def service(
    works: OpenLibrary, mail_server: MailServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServiceProcess]:
    folder = tmp_path_factory.mktemp("pages")
    with (
        serving(Shop(read_books()[:60])) as shop,
        serving(works) as open_library,
        run_service(
            "run", folder, SHOP_URL=shop, OPENLIBRARY_URL=open_library, CONTACT="tests@example.org",
            EMAIL_URL=mail_server.url, LOGINS_PER_ADDRESS="none",
        ) as process,
    ):  # fmt: skip
        process.wait_for_line("60 books: 60 created")
        create_superuser(folder)
        add_tracked_pages(folder)
        yield process


def create_superuser(folder: Path) -> None:
    installation = get_installation(folder)
    installation.manage("createsuperuser", "--noinput", "--email", SUPERUSER, "--name", "Pat").check_returncode()


def add_tracked_pages(folder: Path) -> None:
    """One that was read, with a long title, and one that is in doubt."""
    get_installation(folder).manage("shell", "-v", "0", "-c", ADD_TRACKED_PAGES).check_returncode()


def get_installation(folder: Path) -> Installation:
    environment = {"VAR_DIR": str(folder / "var"), "DJANGO_SUPERUSER_PASSWORD": PASSWORD, "PATH": "/usr/bin:/bin"}
    return Installation(environment, "")


@pytest.fixture(scope="module")
def session(browser: Browser, service: ServiceProcess) -> StorageState:
    """The cookies of a signed-in superuser, whose library contains one book."""
    with browser.new_context(base_url=service.address) as context:
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(SUPERUSER)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        expect_heading(page, "Hello, Pat")
        page.goto("/book/1")
        page.get_by_role("button", name="Read", exact=True).click()
        expect(page.locator("#announcement")).to_contain_text("In your library: Read")
        return context.storage_state()


@pytest.fixture
def visitors(service: ServiceProcess, browser: Browser, works: OpenLibrary) -> Iterator[Visitors]:
    """Opens pages; afterwards no page may have reported a problem."""
    works.fault, works.delay = "", 0.0
    visitors = Visitors(browser, service.address)
    yield visitors
    works.fault, works.delay = "", 0.0
    visitors.close()
    assert visitors.problems == []
