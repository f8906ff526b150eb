"""The pages in Chromium: accessibility, no scrolling sideways, no layout shift, and nothing from other hosts."""

from typing import Any

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.support.browser import BROWSER_MARKS, list_violations
from tests.web.browser.visitors import DESKTOP, PHONE, Visitors

pytestmark = BROWSER_MARKS
PAGES = [
    "", "catalogue", "catalogue?in_stock=true&max_price=40", "book/1", "category/1", "find", "find?q=war", "sign-in",
    "register", "nothing", "catalogue?rating=9",
]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_are_accessible(visitors: Visitors, viewport: Any, theme: Any) -> None:
    """No violation of WCAG 2.2 AA that axe-core finds."""
    page = visitors.open(viewport=viewport, color_scheme=theme)
    violations = {}
    for path in PAGES:
        page.goto(visitors.address + path, wait_until="networkidle")
        violations[path] = list_violations(page, "best-practice")
    visitors.problems.clear()  # the statuses of PAGES that are errors

    assert not any(violations.values()), violations


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_scrolls_sideways_and_nothing_moves(visitors: Visitors, width: int) -> None:
    page = visitors.open(viewport=ViewportSize(width=width, height=800))
    for path in PAGES[:9]:
        page.goto(visitors.address + path, wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate("window.shifts") == [], path


def test_theme_is_remembered(visitors: Visitors) -> None:
    page = visitors.open(color_scheme="light")
    page.get_by_role("button", name="Dark theme").click()

    page.goto(f"{visitors.address}catalogue")

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    expect(page.get_by_role("button", name="Light theme")).to_be_visible()
