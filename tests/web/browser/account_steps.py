"""Steps of a tour: the account, a program with a token, and a forgotten password."""

import re
import subprocess

from playwright.sync_api import Locator, Page, expect

from tests.fakes.mail.server import MailServer
from tests.web.browser.drivers import Mouse
from tests.web.browser.visitors import PASSWORD, expect_heading

NEW_PASSWORDS = ["another good one", "the third is better"]


def notice(page: Page) -> Locator:
    return page.locator(".notice[role=status]")


def submit(page: Page, driver: Mouse, button: str, **fields: str) -> None:
    """Enters the fields, whose labels have spaces in place of the underscores, and presses the button."""
    for label, text in fields.items():
        driver.enter(page.get_by_label(label.replace("_", " "), exact=True), text)
    driver.press(page.get_by_role("main").get_by_role("button", name=button, exact=True))


def open_account(page: Page, driver: Mouse, part: str) -> None:
    """Opens a page of the account by its links."""
    link = page.get_by_role("link", name="Account", exact=True)  # on a phone
    driver.press(link if link.is_visible() else page.locator("header a.name"))
    expect_heading(page, "Profile")
    driver.press(page.get_by_role("navigation", name="Account").get_by_role("link", name=part))
    expect_heading(page, part)


def sign_in(page: Page, driver: Mouse, address: str, email: str, password: str) -> None:
    page.goto(f"{address}sign-in")
    driver.enter(page.get_by_label("E-mail address"), email)
    submit(page, driver, "Sign in", Password=password)
    expect_heading(page, "Hello, Ann")


def create_token(page: Page, driver: Mouse) -> str:
    open_account(page, driver, "API tokens")
    driver.enter(page.get_by_label("Name", exact=True), "Backup")
    driver.choose(page.get_by_label("Valid for"), "7 days")
    submit(page, driver, "Create token", Current_password=PASSWORD)
    return page.locator("#new-token").inner_text()


def fetch_with_curl(url: str, token: str) -> tuple[str, str]:
    """The body and the status that the program curl receives."""
    command = ["curl", "--silent", "--write-out", "\\n%{http_code}", "--header", f"Authorization: Bearer {token}", url]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    body, _, status = result.stdout.rpartition("\n")
    return body, status


def change_password(page: Page, driver: Mouse) -> None:
    open_account(page, driver, "Password")
    submit(page, driver, "Change password", Current_password=PASSWORD, New_password=NEW_PASSWORDS[0])
    expect(notice(page)).to_contain_text("All your other sessions and all your API tokens have ended.")


def recover_password(page: Page, driver: Mouse, email: str, mail_server: MailServer) -> None:
    """Starts at the sign-in page."""
    driver.press(page.get_by_role("link", name="Forgotten your password?"))
    expect_heading(page, "Forgotten password")
    submit(page, driver, "Send the mail", **{"E-mail_address": email})
    expect_heading(page, "Mail on its way")
    mail = mail_server.mails.get(timeout=120)
    assert mail["To"] == email
    (link,) = re.findall(r"http://\S+", mail.get_content())
    page.goto(link)
    assert "token" not in page.url
    new = NEW_PASSWORDS[1]
    submit(page, driver, "Change password", New_password=new, New_password_confirmation=new)
    expect(notice(page)).to_contain_text("Your password was changed")


def delete_account(page: Page, driver: Mouse) -> None:
    open_account(page, driver, "Delete account")
    submit(page, driver, "Delete my account", Current_password=NEW_PASSWORDS[1])
    expect(notice(page)).to_have_text("Your account was deleted.")
