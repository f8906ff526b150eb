"""Parts of pages that scripts replace: focus, announcements, history, and failures."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import NEEDS_CHROMIUM
from tests.web.browser.visitors import DESKTOP, PHONE, Visitors

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def catalogue(visitors: Visitors) -> Page:
    return stay_on(visitors.open("catalogue"))


def stay_on(page: Page) -> Page:
    """Marks the document, so that `has_stayed` shows whether another one was loaded."""
    page.evaluate("window.marked = true")
    return page


def has_stayed(page: Page) -> Any:
    return page.evaluate("window.marked === true")


def announcement(page: Page) -> Locator:
    return page.locator("#announcement")


def problem(page: Page) -> Locator:
    return page.locator("#problem")


def facet(page: Page, name: str) -> Locator:
    return page.locator(".facets").get_by_role("link", name=name).first


def test_filter_keeps_its_focus_and_announces_the_count(catalogue: Page) -> None:
    facet(catalogue, "5 stars").click()

    expect(catalogue.locator(".chips")).to_contain_text("5 stars")
    expect(facet(catalogue, "5 stars")).to_be_focused()
    expect(facet(catalogue, "5 stars")).to_have_attribute("aria-current", "true")
    count = catalogue.locator(".sort > span").first.inner_text()
    expect(announcement(catalogue)).to_have_text(count)
    assert "rating=5" in catalogue.url
    assert has_stayed(catalogue)


def test_removed_chip_leaves_the_focus_on_the_heading(catalogue: Page) -> None:
    facet(catalogue, "5 stars").click()
    catalogue.locator(".chips a").click()

    expect(catalogue.locator(".chips a")).to_have_count(0)
    expect(catalogue.get_by_role("heading", level=1)).to_be_focused()
    expect(announcement(catalogue)).to_have_text(re.compile(r"^\d+ books, page 1 of 3$"))


def test_next_page_starts_at_its_heading(catalogue: Page) -> None:
    catalogue.get_by_role("link", name="Next").click()

    expect(catalogue.locator(".pages")).to_contain_text("Page 2 of 3")
    expect(catalogue.get_by_role("heading", level=1)).to_be_focused()
    expect(catalogue.get_by_role("heading", level=1)).to_be_in_viewport()
    expect(announcement(catalogue)).to_have_text(re.compile(r"^\d+ books, page 2 of 3$"))
    assert has_stayed(catalogue)


def test_sorting_and_layout_keep_the_focus(catalogue: Page) -> None:
    sort = catalogue.get_by_label("Sort by")
    sort.focus()
    sort.select_option("-price")
    expect(catalogue).to_have_url(f"{catalogue.url.split('?')[0]}?ordering=-price")
    expect(sort).to_be_focused()
    expect(sort).to_have_value("-price")

    catalogue.get_by_role("link", name="Show a list").click()
    expect(catalogue.locator(".rows .row")).to_have_count(24)
    expect(catalogue.get_by_role("link", name="Show a list")).to_be_focused()
    assert catalogue.url.endswith("/catalogue?ordering=-price")
    assert has_stayed(catalogue)


def test_price_range_is_a_form(catalogue: Page) -> None:
    catalogue.get_by_label("Lowest price").fill("20")
    catalogue.get_by_label("Highest price").fill("30.5")
    catalogue.keyboard.press("Enter")

    expect(catalogue.locator(".chips")).to_contain_text("30.5")
    expect(catalogue.get_by_label("Highest price")).to_have_value("30.5")
    expect(catalogue.get_by_label("Highest price")).to_be_focused()
    assert has_stayed(catalogue)


def test_back_forward_and_reload_show_whole_pages(catalogue: Page) -> None:
    facet(catalogue, "5 stars").click()
    expect(catalogue.locator(".chips")).to_contain_text("5 stars")
    catalogue.locator(".card a").first.click()
    expect(catalogue.locator("article.book")).to_be_visible()

    catalogue.go_back()
    expect(catalogue.locator(".chips")).to_contain_text("5 stars")
    expect(catalogue.locator("header.top")).to_be_visible()
    catalogue.go_back()
    expect(catalogue.locator(".chips a")).to_have_count(0)
    expect(catalogue.locator(".pages")).to_contain_text("Page 1 of 3")
    catalogue.go_forward()
    expect(catalogue.locator(".chips")).to_contain_text("5 stars")
    catalogue.reload()
    expect(catalogue.locator(".chips")).to_contain_text("5 stars")
    expect(catalogue.locator("header.top")).to_have_count(1)
    expect(catalogue.locator("link[rel=stylesheet]")).to_have_count(1)


def test_filters_stay_open_on_a_phone(visitors: Visitors) -> None:
    page = visitors.open("catalogue", viewport=PHONE, has_touch=True)
    page.locator(".filters-label").tap()
    facet(page, "5 stars").tap()

    expect(facet(page, "5 stars")).to_have_attribute("aria-current", "true")
    expect(facet(page, "5 stars")).to_be_visible()


def test_failed_requests_are_reported(visitors: Visitors, catalogue: Page) -> None:
    catalogue.context.set_offline(True)
    facet(catalogue, "5 stars").click()
    expect(problem(catalogue)).to_have_text("The server cannot be reached. Check your connection and try again.")
    expect(catalogue.locator(".card")).to_have_count(24)

    catalogue.context.set_offline(False)
    facet(catalogue, "5 stars").click()
    expect(catalogue.locator(".chips")).to_contain_text("5 stars")
    expect(problem(catalogue)).to_be_hidden()
    visitors.problems.clear()  # Chromium also writes failed requests to the console


def test_reason_of_an_error_is_shown(visitors: Visitors, catalogue: Page) -> None:
    address = catalogue.url
    catalogue.get_by_label("Lowest price").evaluate("field => { field.type = 'text'; field.value = 'cheap'; }")
    catalogue.get_by_role("button", name="Apply the price range").click()

    expect(problem(catalogue)).to_contain_text("min_price")
    assert catalogue.url == address
    visitors.problems.clear()


def test_expired_session_leads_to_the_sign_in_page_and_back(visitors: Visitors) -> None:
    page = visitors.open_as_reader("book/1")
    cookies = [cookie for cookie in page.context.cookies() if cookie["name"] != "sessionid"]
    page.context.clear_cookies()
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # the same keys
    page.get_by_role("button", name="Reading").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert page.url.endswith("/sign-in?next=/book/1")


def test_form_without_its_token_is_reported(visitors: Visitors) -> None:
    page = visitors.open_as_reader("book/1")
    page.locator("#entry [name=csrfmiddlewaretoken]").first.evaluate("field => { field.value = 'wrong'; }")
    page.get_by_role("button", name="Reading").click()

    expect(problem(page)).to_contain_text("The form has expired")
    expect(page.get_by_role("button", name="Reading")).to_have_attribute("aria-pressed", "false")
    visitors.problems.clear()


def test_changes_of_the_library_are_announced_and_keep_the_focus(visitors: Visitors) -> None:
    page = visitors.open_as_reader("book/2")
    page.get_by_role("button", name="Reading").click()
    expect(announcement(page)).to_have_text("In your library: Reading")
    expect(page.get_by_role("button", name="Reading")).to_be_focused()

    page.get_by_role("radio", name="3.5 of 5").click()
    expect(announcement(page)).to_have_text("In your library: Reading, rated 3.5 of 5")
    expect(page.get_by_role("radio", name="3.5 of 5")).to_be_focused()
    page.get_by_role("button", name="Remove rating").click()
    expect(announcement(page)).to_have_text("In your library: Reading")
    expect(page.get_by_role("radio", name="0.5 of 5", exact=True)).to_be_focused()
    page.get_by_role("button", name="Remove from library").click()
    expect(announcement(page)).to_have_text("Removed from your library")
    expect(page.get_by_role("button", name="Want to read")).to_be_focused()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_swaps_move_nothing_else(visitors: Visitors, viewport: Any) -> None:
    page = visitors.open_as_reader("find", viewport=viewport)
    page.get_by_role("searchbox").fill("war")
    expect(page.locator("#open-library li.row").first).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert page.evaluate("window.shifts") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
