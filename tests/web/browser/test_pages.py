"""The pages in Chromium: accessibility, no scrolling sideways, no layout shift, and nothing from other hosts."""

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import StorageState, ViewportSize, expect

from tests.support.browser import BROWSER_MARKS, list_violations
from tests.web.browser.visitors import DESKTOP, PHONE, Visitors

pytestmark = BROWSER_MARKS
PAGES = [
    "", "catalogue", "catalogue?in_stock=true&max_price=40", "book/1", "category/1", "price-changes", "find",
    "find?q=war", "sign-in", "register", "forgotten-password", "forgotten-password/sent", "new-password/MQ",
]  # fmt: skip
STAFF_PAGES = [
    "", "book/1", "book/add", "library", "library?shared=true", "library/import", "library?tag=none", "library/year",
    "tracked", "runs", "runs/1", "statistics", "account", "account/email", "account/password", "account/tokens",
    "account/sessions", "account/delete", "account/notifications", "notifications", "watches",
]  # fmt: skip
ERROR_PAGES = ["nothing", "catalogue?rating=9"]
WRITE_IN_PIECES = """async () => {
  const text = await (await fetch(location.href)).text();
  document.open();
  for (const piece of text.split(/(?=<)/)) {
    document.write(piece);
    await new Promise(done => setTimeout(done, 20));
  }
  document.close();
}"""


@pytest.fixture(params=["visitor", "staff"])
def audience(request: pytest.FixtureRequest, session: StorageState) -> tuple[list[str], dict[str, Any]]:
    """Pages, and the options of the context that opens them."""
    return (PAGES, {}) if request.param == "visitor" else (STAFF_PAGES, {"storage_state": session})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_are_accessible(visitors: Visitors, audience: Any, viewport: Any, theme: Any) -> None:
    """No violation of WCAG 2.2 AA that axe-core finds."""
    paths, options = audience
    page = visitors.open(viewport=viewport, color_scheme=theme, **options)
    violations = {}
    for path in [*paths, *ERROR_PAGES]:
        page.goto(visitors.address + path, wait_until="networkidle")
        violations[path] = list_violations(page, "best-practice")
    visitors.problems.clear()  # the statuses of ERROR_PAGES

    assert not any(violations.values()), violations


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_scrolls_sideways_and_nothing_moves(visitors: Visitors, audience: Any, width: int) -> None:
    paths, options = audience
    page = visitors.open(viewport=ViewportSize(width=width, height=800), **options)
    for path in paths:
        page.goto(visitors.address + path, wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate("window.shifts") == [], path


@pytest.mark.parametrize("width", [320, 1280])
def test_page_that_arrives_in_pieces_moves_nothing(visitors: Visitors, width: int) -> None:
    """Chromium may paint after any element, for example on a slow connection."""
    page = visitors.open("register", viewport=ViewportSize(width=width, height=800))

    page.evaluate(WRITE_IN_PIECES)

    expect(page.locator("#tabs li")).to_have_count(5)
    assert page.evaluate("window.shifts") == []


def test_theme_is_remembered(visitors: Visitors) -> None:
    page = visitors.open(color_scheme="light")
    page.get_by_role("button", name="Dark theme").click()

    page.goto(f"{visitors.address}catalogue")

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    expect(page.get_by_role("button", name="Light theme")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_columns_of_observations_are_apart(visitors: Visitors, width: int) -> None:
    page = visitors.open("book/1", viewport=ViewportSize(width=width, height=800))
    page.locator(".observations summary").click()

    texts = (
        page.locator(".observations tbody tr")
        .first.locator("td")
        .evaluate_all(
            """cells => cells.filter(cell => cell.textContent).map(cell => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          const { left, right } = range.getBoundingClientRect();
          return [left, right];
        })"""
        )
    )
    assert len(texts) >= 3
    assert all(left >= right + 8 for (_, right), (left, _) in pairwise(texts)), texts
    assert page.evaluate("document.documentElement.scrollWidth") <= width
