"""A reader's tour from the registration to the deletion of the account, with each way to use a page."""

import json
import shutil
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fakes.mail.server import MailServer
from tests.support.browser import BROWSER_MARKS
from tests.web.browser.account_steps import (
    NEW_PASSWORDS,
    change_password,
    create_token,
    delete_account,
    fetch_with_curl,
    recover_password,
    sign_in,
)
from tests.web.browser.drivers import DRIVERS, Mouse
from tests.web.browser.library_steps import NOTES, keep_notes_and_readings, see_the_year
from tests.web.browser.visitors import PASSWORD, Visitors, expect_heading

pytestmark = BROWSER_MARKS


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed (Debian: apt install curl)")
@pytest.mark.parametrize("driver_class", DRIVERS, ids=lambda driver: driver.__name__)
def test_reader_takes_the_tour(visitors: Visitors, driver_class: type[Mouse], mail_server: MailServer) -> None:
    page, other = (visitors.open(**driver_class.options) for _ in range(2))
    driver, other_driver = driver_class(page), driver_class(other)
    email = f"{uuid4().hex}@example.org"

    title = find_by_facet(page, driver)
    open_by_search(page, driver, title)
    register(page, driver, email)
    expect_heading(page, title)  # registration returns to the book
    keep_and_remove(page, driver)
    save_and_rate(page, driver, page.get_by_role("button", name="Read", exact=True))
    keep_notes_and_readings(page, driver)
    see_the_year(page, driver)

    sign_in(other, other_driver, visitors.address, email, PASSWORD)
    token = create_token(page, driver)
    library, status = fetch_with_curl(f"{visitors.address}api/library", token)
    assert (status, [entry["notes"] for entry in json.loads(library)["results"]]) == ("200", [NOTES])
    change_password(page, driver)
    assert fetch_with_curl(f"{visitors.address}api/library", token)[1] == "401"
    other.goto(f"{visitors.address}account")
    expect_heading(other, "Sign in")

    recover_password(other, other_driver, email, mail_server)
    sign_in(other, other_driver, visitors.address, email, NEW_PASSWORDS[1])
    page.goto(f"{visitors.address}account")
    expect_heading(page, "Sign in")
    sign_out(other, other_driver)
    sign_in(other, other_driver, visitors.address, email, NEW_PASSWORDS[1])
    delete_account(other, other_driver)


def find_by_facet(page: Page, driver: Mouse) -> str:
    """Returns the title of the first book."""
    driver.press(visible(page.get_by_role("link", name="Catalogue", exact=True)))
    expect_heading(page, "Catalogue")
    if page.locator(".filters-label").is_visible():
        driver.press(page.locator(".filters-label"))
    driver.press(page.locator(".facets").get_by_role("link", name="star").first)
    expect(page.locator(".chips")).to_contain_text("star")
    return page.locator(".card h3").first.inner_text()


def open_by_search(page: Page, driver: Mouse, title: str) -> None:
    driver.enter(visible(page.get_by_role("searchbox")), title)
    page.keyboard.press("Enter")
    expect_heading(page, f"Results for “{title}”")
    expect(page.locator("#open-library .waiting")).to_have_count(0)  # without scripts, the page is loaded again
    driver.press(page.locator("#in-catalogue").get_by_role("link", name=title).first)
    expect_heading(page, title)


def register(page: Page, driver: Mouse, email: str) -> None:
    driver.press(page.locator("#entry").get_by_role("link", name="Sign in"))
    expect_heading(page, "Sign in")
    driver.press(page.locator("main").get_by_role("link", name="Register"))
    expect_heading(page, "Register")
    driver.enter(page.get_by_label("Name"), "Ann")
    driver.enter(page.get_by_label("E-mail address"), email)
    driver.enter(page.get_by_label("Password"), PASSWORD)
    driver.press(page.get_by_role("button", name="Register"))


def keep_and_remove(page: Page, driver: Mouse) -> None:
    reading, remove = page.get_by_role("button", name="Reading"), page.get_by_role("button", name="Remove from library")
    save_and_rate(page, driver, reading)
    page.reload()
    expect(page.get_by_role("radio", name="3.5 of 5")).to_be_checked()
    expect(reading).to_have_attribute("aria-pressed", "true")
    driver.press(remove)
    expect(remove).to_have_count(0)
    expect(reading).to_have_attribute("aria-pressed", "false")


def save_and_rate(page: Page, driver: Mouse, status: Locator) -> None:
    driver.press(status)
    expect(status).to_have_attribute("aria-pressed", "true")
    driver.rate("3.5 of 5")
    expect(page.get_by_role("button", name="Remove rating")).to_be_visible()


def sign_out(page: Page, driver: Mouse) -> None:
    account = page.get_by_role("link", name="Account")
    if account.is_visible():  # on a phone
        driver.press(account)
        expect_heading(page, "Profile")
    driver.press(visible(page.get_by_role("button", name="Sign out")))
    expect(visible(page.get_by_role("link", name="Sign in"))).to_be_visible()


def visible(locator: Locator) -> Locator:
    """The navigation contains some links twice, one of them for small screens."""
    return locator.locator("visible=true").first
