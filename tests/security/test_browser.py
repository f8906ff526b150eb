"""A real browser on pages with hostile titles: no injected script runs, no page violates its security policy."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, StorageState

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.browser import BROWSER_MARKS
from tests.support.installation import Installation
from tests.support.service_process import ServiceProcess, run_service

pytestmark = BROWSER_MARKS
SUPERUSER, PASSWORD = "superuser@example.org", "correct horse battery"
INJECTED = "document.documentElement.dataset.injected = 1"
RIGHT_TO_LEFT = "\u202e"
TITLES = [
    f"<script>{INJECTED}</script>Odes",
    f'"><img src=x onerror="{INJECTED}">',
    f"</textarea></pre></title><svg onload='{INJECTED}'>",
    f"javascript:{INJECTED}",
    f"{RIGHT_TO_LEFT}txt.exe",
    "{{ 7 * 7 }}${7 * 7}%3Cscript%3E",
]
PUBLIC_PAGES = [
    "", "catalogue", "book/1", "category/1", "account", "find?q=odes", "register", f"find?q={quote(TITLES[1])}",
    f"catalogue?title={quote(TITLES[0])}", f"sign-in?next={quote(TITLES[3])}",
    "docs", "api/redoc", "api", "api/books", "api/books/1", "api/search?q=odes", "sign-in", "api/nothing",
]  # fmt: skip
ADMIN_PAGES = [
    "admin/", "admin/books/book/", "admin/books/book/1/change/", "admin/books/book/1/history/", "admin/books/category/",
    "admin/books/priceobservation/", "admin/scraping/scraperun/", "admin/users/user/add/", "admin/users/user/1/change/",
    "admin/books/book/1/delete/", "admin/password_change/",
]  # fmt: skip


class HostileShop(Shop):
    """A shop with scripts as titles and categories."""

    def __init__(self) -> None:
        books = read_books()[: len(TITLES)]
        hostile = [replace(book, title=title, category=TITLES[0]) for book, title in zip(books, TITLES, strict=True)]
        super().__init__(hostile)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    folder = tmp_path_factory.mktemp("hostile")
    library = OpenLibrary()
    library.docs = [{"key": "/works/OL66W", "title": f"{TITLES[1]} odes", "author_name": [TITLES[0], TITLES[3]]}]
    with (
        serving(HostileShop()) as shop,
        serving(library) as open_library,
        run_service("run", folder, SHOP_URL=shop, OPENLIBRARY_URL=open_library, CONTACT="tests@example.org") as process,
    ):
        process.wait_for_line(f"{len(TITLES)} books: {len(TITLES)} created")
        environment = {"VAR_DIR": str(folder / "var"), "DJANGO_SUPERUSER_PASSWORD": PASSWORD, "PATH": "/usr/bin:/bin"}
        Installation(environment, "").manage(
            "createsuperuser", "--noinput", "--email", SUPERUSER, "--name", TITLES[0]
        ).check_returncode()
        yield process


@pytest.fixture(scope="module")
def session(browser: Browser, service: ServiceProcess) -> StorageState:
    """The cookies of a signed-in superuser."""
    page = browser.new_page(base_url=service.address)
    page.goto("/sign-in")
    page.fill("input[name=username]", SUPERUSER)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_selector("text=Sign out")
    return page.context.storage_state()


@pytest.fixture
def violations() -> list[str]:
    """Violations of the content security policy, script errors and dialogs of the pages in this test."""
    return []


@pytest.fixture
def page(browser: Browser, service: ServiceProcess, violations: list[str]) -> Iterator[Page]:
    with browser.new_context(base_url=service.address) as context:
        yield record_violations(context.new_page(), violations)


@pytest.fixture
def superuser_page(
    browser: Browser, service: ServiceProcess, session: StorageState, violations: list[str]
) -> Iterator[Page]:
    with browser.new_context(base_url=service.address, storage_state=session) as context:
        yield record_violations(context.new_page(), violations)


def record_violations(page: Page, violations: list[str]) -> Page:
    def record_message(message: ConsoleMessage) -> None:
        if re.search("Content Security Policy|Refused", message.text):
            violations.append(message.text)

    def dismiss_dialog(dialog: Dialog) -> None:
        violations.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("console", record_message)
    page.on("dialog", dismiss_dialog)
    page.on("pageerror", lambda error: violations.append(f"error: {error}"))
    return page


def open_page(page: Page, path: str) -> None:
    """Fails if the page has an unexpected status, if a script of a title ran, or if its markup is in the page."""
    response = page.goto(f"/{path}")
    assert response is not None
    assert response.status == (404 if path == "api/nothing" else 200)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.dataset.injected") is None
    assert page.locator("a[href^='javascript:' i], img[onerror], svg[onload]").count() == 0


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_public_pages_run_no_injected_script(page: Page, violations: list[str], path: str) -> None:
    open_page(page, path)

    assert violations == []


@pytest.mark.parametrize("path", [*PUBLIC_PAGES, *ADMIN_PAGES])
def test_superuser_pages_run_no_injected_script(superuser_page: Page, violations: list[str], path: str) -> None:
    open_page(superuser_page, path)

    assert violations == []


def test_titles_are_shown_literally(superuser_page: Page) -> None:
    superuser_page.goto("/admin/books/book/")

    titles = superuser_page.locator("td.field-short_title, th.field-short_title").all_inner_texts()

    assert TITLES[0] in titles
    assert TITLES[1] in titles


def test_hits_of_open_library_are_shown_literally(page: Page, violations: list[str]) -> None:
    open_page(page, "find?q=odes")

    page.get_by_text(f"{TITLES[1]} odes").first.wait_for()  # raises after a timeout
    assert TITLES[0] in page.locator("main").inner_text()
    assert violations == []


def test_documentation_requests_nothing_from_other_hosts(page: Page, service: ServiceProcess) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    for path in ("docs", "api/redoc"):
        open_page(page, path)

    assert [each for each in addresses if not each.startswith((service.address, "data:", "blob:"))] == []


@pytest.mark.parametrize(
    ("operation", "status"),
    [("books-books_list", "200"), ("library-library_create", "201"), ("users-users_create", "201")],
)
def test_documentation_sends_its_examples(page: Page, operation: str, status: str) -> None:
    page.goto("/docs")
    page.locator(f"#operations-{operation}").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    page.wait_for_selector(f".live-responses-table .response-col_status:has-text('{status}')")


def test_filters_of_the_browsable_api_restrict_only_what_is_set(page: Page) -> None:
    page.goto("/api/books")
    page.get_by_role("button", name="Filters").click()
    page.fill("#filtersModal input[name=min_price]", "0")
    page.click("#filtersModal button[type=submit]")
    page.wait_for_url("**min_price=0**")

    assert f'"count": {len(TITLES)}' in page.locator(".response-info").inner_text()


def test_a_rejected_input_stays_in_the_editor(superuser_page: Page) -> None:
    superuser_page.goto("/api/categories")
    superuser_page.fill("textarea[name=_content]", '{"name": ""}')
    superuser_page.get_by_role("button", name="POST").click()
    superuser_page.locator(".response-info", has_text="422").wait_for()

    assert superuser_page.input_value("textarea[name=_content]") == '{"name": ""}'


def test_browsable_api_writes_with_a_session(superuser_page: Page) -> None:
    superuser_page.goto("/api/categories")
    superuser_page.fill("textarea[name=_content]", '{"name": "Written by hand"}')
    superuser_page.get_by_role("button", name="POST").click()

    superuser_page.locator(".response-info", has_text="201 Created").wait_for()  # raises after a timeout
