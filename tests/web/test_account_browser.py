"""The account in Chromium: a token, a new password, a forgotten one by mail, and the deletion."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.fakes.mail.server import MailServer, receiving_mail
from tests.support.browser import BROWSER_MARKS, list_violations
from tests.support.service_process import ServiceProcess, run_service
from tests.web.browser.visitors import DESKTOP, PHONE, expect_heading

pytestmark = BROWSER_MARKS
PASSWORDS = ["correct horse battery", "another good one", "the third is better"]
PAGES = [
    "account", "account/email", "account/password", "account/tokens", "account/sessions", "account/delete",
    "forgotten-password", "forgotten-password/sent", "new-password/MQ",
]  # fmt: skip


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    with receiving_mail() as server:
        yield server


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, mail_server: MailServer) -> Iterator[ServiceProcess]:
    folder = tmp_path_factory.mktemp("account")
    with run_service("serve", folder, EMAIL_URL=mail_server.url, LOGINS_PER_ADDRESS="none") as process:
        process.wait_for_line("Colophon serves on")
        yield process


def fill_form(page: Page, button: str, **fields: str) -> None:
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(text)
    page.get_by_role("button", name=button).click()


def notice(page: Page) -> Locator:
    return page.locator(".notice[role=status]")


def register(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}register")
    page.get_by_label("E-mail address").fill(email)
    fill_form(page, "Register", Name="Ann", Password=PASSWORDS[0])
    expect_heading(page, "Hello, Ann")


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    page.goto(f"{address}sign-in")
    page.get_by_label("E-mail address").fill(email)
    fill_form(page, "Sign in", Password=password)
    expect_heading(page, "Hello, Ann")


def read_account(address: str, token: str) -> int:
    """The status of a program's request for the account."""
    request = urllib.request.Request(f"{address}api/users/me", headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def create_token(page: Page, address: str) -> str:
    page.goto(f"{address}account/tokens")
    page.get_by_label("Valid for").select_option("7 days")
    fill_form(page, "Create token", Name="Backup", Current_password=PASSWORDS[0])
    return page.locator("#new-token").inner_text()


def recover_password(page: Page, address: str, email: str, mail_server: MailServer) -> None:
    page.goto(f"{address}sign-in")
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send the mail").click()
    expect_heading(page, "Mail on its way")
    mail = mail_server.mails.get(timeout=120)
    assert mail["To"] == email
    (link,) = re.findall(r"http://\S+", mail.get_content())
    page.goto(link)
    assert "token" not in page.url
    fill_form(page, "Change password", New_password=PASSWORDS[2], New_password_confirmation=PASSWORDS[2])
    expect(notice(page)).to_contain_text("Your password was changed")


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_reader_manages_the_account(
    service: ServiceProcess, browser: Browser, mail_server: MailServer, viewport: Any, has_scripts: bool
) -> None:
    address, email = service.address, f"ann{viewport['width']}{has_scripts}@example.org"
    contexts = [browser.new_context(viewport=viewport, java_script_enabled=has_scripts) for _ in range(2)]
    for context in contexts:
        context.set_default_timeout(60_000)
    page, other = (context.new_page() for context in contexts)
    register(page, address, email)
    sign_in(other, address, email, PASSWORDS[0])
    token = create_token(page, address)
    assert read_account(address, token) == 200

    page.goto(f"{address}account/password")
    fill_form(page, "Change password", Current_password=PASSWORDS[0], New_password=PASSWORDS[1])
    expect(notice(page)).to_contain_text("All your other sessions and all your API tokens have ended.")
    assert read_account(address, token) == 401
    other.goto(f"{address}account")
    expect_heading(other, "Sign in")

    recover_password(other, address, email, mail_server)
    sign_in(other, address, email, PASSWORDS[2])
    other.goto(f"{address}account/delete")
    fill_form(other, "Delete my account", Current_password=PASSWORDS[2])
    expect(notice(other)).to_have_text("Your account was deleted.")
    for context in contexts:
        context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_pages_are_accessible_and_do_not_scroll_sideways(
    service: ServiceProcess, browser: Browser, width: int, theme: Any
) -> None:
    """No violation of WCAG 2.2 AA that axe-core finds."""
    context = browser.new_context(viewport=ViewportSize(width=width, height=800), color_scheme=theme)
    context.set_default_timeout(60_000)
    page = context.new_page()
    register(page, service.address, f"a.reader.with.a.long.address.{width}.{theme}@mail.example.org")
    create_token(page, service.address)
    violations = {}
    for path in PAGES:
        page.goto(service.address + path)
        violations[path] = list_violations(page, "best-practice")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()

    assert not any(violations.values()), violations
