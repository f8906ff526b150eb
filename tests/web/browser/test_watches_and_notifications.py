"""A watched price, its notification, and the settings of notifications."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import BROWSER_MARKS
from tests.web.browser.appearance import assert_fits
from tests.web.browser.drivers import DRIVERS, Keyboard, Mouse
from tests.web.browser.visitors import Visitors, expect_heading

pytestmark = BROWSER_MARKS
HOOK = "https://hooks.example.org/colophon"
COUNT_LINES = """all => all.map(each => {
  const text = document.createRange();
  text.selectNodeContents(each);
  return text.getClientRects().length;
})"""


@pytest.mark.parametrize("driver_class", DRIVERS, ids=lambda driver: driver.__name__)
def test_reader_watches_a_price_and_reads_the_notification(visitors: Visitors, driver_class: type[Mouse]) -> None:
    page = visitors.open_as_reader("book/5", **driver_class.options)
    driver = driver_class(page)
    title = page.get_by_role("heading", level=1).inner_text()

    watch_price(page, driver)
    driver.press(page.get_by_role("link", name="Notifications 1 unread"))
    read_notification(page, driver, title)
    page.goto(f"{visitors.address}watches")
    pause_and_delete(page, driver, title)


def watch_price(page: Page, driver: Mouse) -> None:
    """At an amount above the price, so that the watch fires at once."""
    driver.press(page.locator("summary", has_text="Watch this price"))
    choose_rule(page, driver, "is at or below")
    driver.enter(page.get_by_label("Amount", exact=True), "999")
    check_appearance(page, driver)
    driver.press(page.get_by_role("button", name="Watch", exact=True))
    expect(page.locator(".notice[role=status]")).to_contain_text("You watch this price.")
    expect(page.locator("#watch li")).to_contain_text("At or below £999.00")


def test_a_value_that_is_entered_chooses_its_rule(visitors: Visitors) -> None:
    page = visitors.open_as_reader("book/6")
    page.locator("summary", has_text="Watch this price").click()

    page.get_by_label("Amount", exact=True).fill("20")
    expect(page.get_by_role("radio", name="is at or below")).to_be_checked()
    page.get_by_label("Per cent").select_option("25")
    expect(page.get_by_role("radio", name="drops by", exact=True)).to_be_checked()


def test_the_number_of_unread_notifications_fits_on_a_phone(visitors: Visitors) -> None:
    page = visitors.open_as_reader("book/7")
    watch_price(page, Mouse(page))
    page.locator(".bell .pill").evaluate("pill => pill.firstChild.data = '99+'")

    assert_fits(page)


def test_the_labels_of_a_watch_are_not_broken_on_a_phone(visitors: Visitors) -> None:
    page = visitors.open_as_reader("book/8")
    watch_price(page, Mouse(page))
    page.goto(f"{visitors.address}watches")
    page.set_viewport_size({"width": 390, "height": 844})

    lines = page.locator(".watch-row dt").evaluate_all(COUNT_LINES)

    assert lines == [1] * 4


def choose_rule(page: Page, driver: Mouse, label: str) -> None:
    """The Tab key reaches the chosen radio button of a group; the arrows choose another one."""
    radio = page.get_by_role("radio", name=label)
    if not isinstance(driver, Keyboard):
        driver.tick(radio)
        return
    driver.focus(page.locator("[name=rule]:checked"))
    for _ in range(page.locator("[name=rule]").count()):
        if not radio.is_checked():
            page.keyboard.press("ArrowDown")
    expect(radio).to_be_checked()


def read_notification(page: Page, driver: Mouse, title: str) -> None:
    row = page.locator("main li", has_text=title)
    expect(row).to_contain_text("Your watch: at or below £999.00")
    expect(row.locator(".cover img")).to_be_visible()
    check_appearance(page, driver)
    driver.press(row.get_by_role("button", name="Mark as read"))
    expect(page.get_by_role("button", name="Mark")).to_have_count(0)
    expect(page.get_by_role("link", name="unread")).to_have_count(0)


def pause_and_delete(page: Page, driver: Mouse, title: str) -> None:
    row = page.locator("main li", has_text=title)
    expect(row).to_contain_text("At or below £999.00")
    check_appearance(page, driver)
    driver.press(row.get_by_role("button", name="Pause"))
    expect(row.get_by_role("button", name="Resume")).to_be_visible()
    driver.press(row.get_by_role("button", name="Delete"))
    expect(row).to_have_count(0)
    driver.press(page.get_by_role("button", name="Undo the deletion"))
    expect(row).to_have_count(1)
    driver.press(row.get_by_role("link", name="Change"))
    expect(page.get_by_label("Amount", exact=True)).to_have_value("999.00")
    check_appearance(page, driver)


@pytest.mark.parametrize("driver_class", DRIVERS, ids=lambda driver: driver.__name__)
def test_reader_adds_a_channel_and_a_private_feed(visitors: Visitors, driver_class: type[Mouse]) -> None:
    page = visitors.open_as_reader("account/notifications", **driver_class.options)
    driver = driver_class(page)

    driver.choose(page.get_by_label("Send to"), "Webhook")
    driver.enter(page.get_by_label("Address"), HOOK)
    driver.press(page.get_by_role("button", name="Add channel"))
    expect(page.locator("#new-secret")).to_contain_text("whsec_")
    check_appearance(page, driver)
    driver.choose(page.get_by_label(f"How often to Webhook {HOOK}"), "Once a day")
    driver.press(page.get_by_role("button", name=f"Save Webhook {HOOK}"))
    expect(page.locator(".notice[role=status]")).to_contain_text("saved")
    driver.press(page.get_by_role("button", name="Make a private feed"))
    check_appearance(page, driver)

    address = page.locator("#new-feed").inner_text()
    assert page.request.get(address).text().startswith("<?xml")


def test_a_channel_with_a_long_address_is_tested_and_deleted(visitors: Visitors) -> None:
    page = visitors.open_as_reader("account/notifications")
    address = f"{HOOK}/{'0123456789abcdef' * 4}"
    page.get_by_label("Send to").select_option("Webhook")
    page.get_by_label("Address").fill(address)
    page.get_by_role("button", name="Add channel").click()
    page.get_by_role("button", name=f"Send a test to Webhook {address}").click()
    page.goto(f"{visitors.address}notifications")
    assert_fits(page)

    page.goto(f"{visitors.address}account/notifications")
    page.get_by_role("link", name=f"Delete Webhook {address}").click()
    expect_heading(page, "Delete a channel")
    assert_fits(page)
    page.get_by_role("button", name="Delete the channel").click()

    expect(page.locator(".notice[role=status]")).to_contain_text("was deleted")
    expect(page.get_by_role("link", name=f"Delete Webhook {address}")).to_have_count(0)


def check_appearance(page: Page, driver: Mouse) -> None:
    """Once for all drivers: the page is the same."""
    if type(driver) is Mouse:
        size = page.viewport_size
        assert size is not None
        assert_fits(page)
        page.set_viewport_size(size)
