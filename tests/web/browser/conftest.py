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
        yield process


def create_superuser(folder: Path) -> None:
    environment = {"VAR_DIR": str(folder / "var"), "DJANGO_SUPERUSER_PASSWORD": PASSWORD, "PATH": "/usr/bin:/bin"}
    installation = Installation(environment, "")
    installation.manage("createsuperuser", "--noinput", "--email", SUPERUSER, "--name", "Pat").check_returncode()


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
