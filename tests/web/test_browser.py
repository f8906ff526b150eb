"""The pages in Chromium: a reader's tour, accessibility, and nothing from other hosts."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.browser import BROWSER_MARKS, list_violations
from tests.support.service_process import ServiceProcess, run_service

pytestmark = BROWSER_MARKS
expect.set_options(timeout=30_000)  # milliseconds
DESKTOP, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
PASSWORD = "correct horse battery"
PAGES = [
    "", "catalogue", "catalogue?in_stock=true&max_price=40", "book/1", "category/1", "find", "find?q=war", "sign-in",
    "register", "nothing", "catalogue?rating=9",
]  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """The shop's first 60 books, and an Open Library."""
    folder = tmp_path_factory.mktemp("pages")
    with (
        serving(Shop(read_books()[:60])) as shop,
        serving(OpenLibrary()) as open_library,
        run_service("run", folder, SHOP_URL=shop, OPENLIBRARY_URL=open_library, CONTACT="tests@example.org") as process,
    ):
        process.wait_for_line("60 books: 60 created")
        yield process


def open_page(context: BrowserContext, problems: list[str]) -> Page:
    """A page that reports console messages, errors of scripts, and requests to other hosts."""
    page = context.new_page()
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: None if "//127.0.0.1" in request.url else problems.append(request.url))
    return page


def take_tour(page: Page, address: str, email: str) -> None:
    """Finds a book by facet and by search, registers, saves and rates it, removes it, and signs out."""
    page.goto(f"{address}register")
    page.get_by_label("Name").fill("Ann")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ann")

    page.goto(f"{address}catalogue")
    filters = page.locator(".filters-label")
    if filters.is_visible():
        filters.click()
    page.locator(".facets").get_by_role("link", name="star").first.click()
    expect(page.locator(".chips")).to_contain_text("star")
    title = page.locator(".card h3").first.inner_text()
    page.goto(f"{address}find?{urlencode({'q': title})}")
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)

    page.get_by_role("button", name="Reading").click()
    expect(page.get_by_role("button", name="Reading")).to_have_attribute("aria-pressed", "true")
    rate(page)
    expect(page.get_by_role("radio", name="3.5 of 5")).to_be_checked()
    expect(page.get_by_role("button", name="Reading")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Remove from library").click()
    expect(page.get_by_role("button", name="Remove from library")).to_have_count(0)
    expect(page.get_by_role("button", name="Reading")).to_have_attribute("aria-pressed", "false")


def rate(page: Page) -> None:
    page.get_by_role("radio", name="3.5 of 5").check(force=True)
    button = page.get_by_role("button", name="Rate")
    if button.count():  # without scripts
        button.click()


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_reader_keeps_a_book(
    service: ServiceProcess, browser: Browser, viewport: Any, has_scripts: bool, request: pytest.FixtureRequest
) -> None:
    problems: list[str] = []
    context = browser.new_context(viewport=viewport, java_script_enabled=has_scripts, has_touch=viewport == PHONE)
    email = f"{abs(hash(request.node.name))}@example.org"

    take_tour(open_page(context, problems), service.address, email)

    context.close()
    assert problems == []


def test_status_and_rating_work_with_the_keyboard_alone(service: ServiceProcess, browser: Browser) -> None:
    problems: list[str] = []
    context = browser.new_context(viewport=DESKTOP)
    page = open_page(context, problems)
    page.goto(f"{service.address}register")
    page.get_by_label("Name").focus()
    for text in ("Ann", "keyboard@example.org", "", PASSWORD):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ann")
    page.goto(f"{service.address}book/2")
    page.get_by_role("button", name="Want to read").focus()

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Reading")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Reading")).to_be_focused()
    page.get_by_role("radio", name="1 of 5").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="1.5 of 5")).to_be_checked()
    expect(page.get_by_role("radio", name="1.5 of 5")).to_be_focused()

    context.close()
    assert problems == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_are_accessible(service: ServiceProcess, browser: Browser, viewport: Any, theme: Any) -> None:
    """No violation of WCAG 2.2 AA that axe-core finds."""
    context = browser.new_context(viewport=viewport, color_scheme=theme)
    page = context.new_page()
    violations = {}
    for path in PAGES:
        page.goto(service.address + path)
        violations[path] = list_violations(page, "best-practice")
    context.close()

    assert not any(violations.values()), violations


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_scrolls_sideways_and_nothing_moves(service: ServiceProcess, browser: Browser, width: int) -> None:
    problems: list[str] = []
    context = browser.new_context(viewport=ViewportSize(width=width, height=800))
    context.add_init_script(
        "window.shifts = []; const add = list => list.getEntries().forEach(entry =>"
        " window.shifts.push(...entry.sources.map(source => source.node?.outerHTML?.slice(0, 200))));"
        "new PerformanceObserver(add).observe({type: 'layout-shift', buffered: true})"
    )
    page = open_page(context, problems)
    for path in PAGES[:9]:
        page.goto(service.address + path, wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate("window.shifts") == [], path
    context.close()
    assert problems == []


def test_theme_is_remembered(service: ServiceProcess, browser: Browser) -> None:
    context = browser.new_context(viewport=DESKTOP, color_scheme="light")
    page = context.new_page()
    page.goto(service.address)
    page.get_by_role("button", name="Dark theme").click()

    page.goto(f"{service.address}catalogue")

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    expect(page.get_by_role("button", name="Light theme")).to_be_visible()
    context.close()
