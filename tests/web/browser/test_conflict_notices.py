"""Notices about an entry that was changed or removed in the meantime, and a member's view of a shared book."""

from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.support.browser import BROWSER_MARKS
from tests.web.browser.appearance import assert_fits
from tests.web.browser.visitors import Visitors

pytestmark = BROWSER_MARKS
BOOK = "book/9?shared=true"


@pytest.fixture
def entry(visitors: Visitors) -> Iterator[str]:
    """The address of an entry of the shared library in the API."""
    saved = requests.post(f"{visitors.address}api/library", json={"book": 9}, timeout=30).json()
    address = f"{visitors.address}api/library/{saved['id']}"
    yield address
    requests.delete(address, timeout=30)


def press_a_status(page: Page, entry: str) -> None:
    requests.patch(entry, json={"status": "stopped", "rating": 3}, timeout=30).raise_for_status()
    page.get_by_role("button", name="Read", exact=True).click()


def save_notes_of_a_removed_entry(page: Page, entry: str) -> None:
    page.locator("#notes textarea").fill("Lent to Bob until spring")
    requests.delete(entry, timeout=30).raise_for_status()
    page.locator("#save-notes").click()


@pytest.mark.parametrize("action", [press_a_status, save_notes_of_a_removed_entry])
def test_notices_are_accessible_and_fit(visitors: Visitors, entry: str, action: Callable[[Page, str], None]) -> None:
    page = visitors.open_as_reader(BOOK)
    assert_fits(page)

    action(page, entry)

    expect(page.locator("main .notice.bad[role=alert]")).to_be_visible()
    assert_fits(page)
    visitors.problems.clear()  # the browser reports the status of the page with the notice


def save_details(page: Page, entry: str) -> None:
    requests.patch(entry, json={"tags": ["war"], "owned": True}, timeout=30).raise_for_status()
    page.locator("#entry-tags").fill("to lend")
    page.locator("#save-details").click()


def save_a_review(page: Page, entry: str) -> None:
    requests.patch(entry, json={"review": "A surprising end."}, timeout=30).raise_for_status()
    page.locator("#entry-review").fill("Slow.")
    page.locator("#save-review").click()


def tag_several_books(page: Page, entry: str) -> None:
    page.goto(page.url.split("/book/")[0] + "/library?shared=true")
    requests.patch(entry, json={"status": "stopped"}, timeout=30).raise_for_status()
    page.get_by_role("checkbox").first.check()
    page.locator("#action").select_option("Add tags …")
    page.get_by_label("Tags, separated by commas").fill("war, to lend")
    page.get_by_role("button", name="Apply", exact=True).click()


@pytest.mark.parametrize(
    "action", [press_a_status, save_notes_of_a_removed_entry, save_details, save_a_review, tag_several_books]
)
def test_pages_of_conflicts_without_scripts_are_accessible_and_fit(
    visitors: Visitors, entry: str, action: Callable[[Page, str], None]
) -> None:
    """Scripts of the page are blocked, because axe-core cannot run in a browser without any."""
    page = visitors.open_as_reader()
    page.route("**/*.js", lambda route: route.abort())
    page.goto(visitors.address + BOOK)

    action(page, entry)

    expect(page.locator("main .notice.bad[role=alert]").first).to_be_visible()
    assert_fits(page)
    visitors.problems.clear()  # the blocked scripts, and the status of the page
