"""`make mail-screenshots` sends one mail of every kind and writes pictures of them, as HTML and as plain text.

The pictures are named `mail-NAME[-text][-phone][-dark].png`: 1280 and 390 pixels wide. The mails are those that
Colophon sends to a mail server on loopback, about events in a temporary database.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from html import escape
from pathlib import Path

import django
from django.core.management import call_command
from playwright.sync_api import Browser, sync_playwright

from tests.fakes.mail.server import MailServer, receiving_mail
from tests.screenshots.browser import CHROMIUM, THEMES, VIEWPORTS

ORIGIN = "https://colophon.example.org"
UNFOLDED = policy.SMTP.clone(refold_source="none")  # as it was sent
HEADERS = ("From", "To", "Subject")
TEXT_STYLE = "font: 14px/1.5 monospace; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 80ch; margin: 16px"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make mail-screenshots", description="Writes every mail as PNG files.")
    parser.add_argument("--folder", type=Path, default=Path("var/mails"), help="default: %(default)s")
    parser.add_argument("names", nargs="*", help="the mails to write (default: all)")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, receiving_mail() as server:
        create_database(Path(folder), server)
        mails = list(send_mails(server, options.names))
    with open_browser() as browser:
        for name, mail in mails:
            (options.folder / f"mail-{name}.eml").write_bytes(mail.as_bytes(policy=UNFOLDED))
            write_pictures(browser, mail, options.folder / f"mail-{name}")


def create_database(folder: Path, server: MailServer) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings", "VAR_DIR": str(folder), "EMAIL_URL": server.url,
        "DATABASE_URL": f"sqlite:///{folder / 'mails.sqlite3'}", "PUBLIC_URL": ORIGIN, "NUM_PROXIES": "1",
    }  # fmt: skip
    django.setup()
    call_command("migrate", verbosity=0)


def send_mails(server: MailServer, names: list[str]) -> Iterator[tuple[str, EmailMessage]]:
    from tests.screenshots.mail_events import MAILS, create_reader, run_tasks  # noqa: PLC0415  need django.setup()

    for name, cause in MAILS.items():
        if name in names or not names:
            cause(create_reader(name))
            run_tasks()
            yield name, server.mails.get(timeout=10)
            assert server.mails.empty(), f"{name} is more than one mail"


@contextmanager
def open_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def write_pictures(browser: Browser, mail: EmailMessage, path: Path) -> None:
    html = mail.get_body(("html",))
    for device in VIEWPORTS:
        ending = "-phone" if device == "phone" else ""
        write_picture(browser, format_text(mail), Path(f"{path}-text{ending}.png"), device=device)
        for theme in THEMES if html else ():
            file = Path(f"{path}{ending}{'-dark' if theme == 'dark' else ''}.png")
            write_picture(browser, html.get_content(), file, device=device, theme=theme)  # type: ignore[union-attr]


def write_picture(browser: Browser, page_source: str, file: Path, *, device: str, theme: str = "light") -> None:
    context = browser.new_context(viewport=VIEWPORTS[device], color_scheme=theme, has_touch=device == "phone")  # type: ignore[arg-type]
    page = context.new_page()
    page.set_content(page_source)
    page.screenshot(path=file, full_page=True)
    context.close()


def format_text(mail: EmailMessage) -> str:
    """A page with the headers that readers see, and the plain text."""
    body = mail.get_body(("plain",))
    assert body is not None, "Every mail has plain text."
    headers = "\n".join(f"{name}: {mail[name]}" for name in HEADERS)
    text = f"<b>{escape(headers)}</b>\n\n{escape(body.get_content())}"
    return f'<meta name="viewport" content="width=device-width"><pre style="{TEXT_STYLE}">{text}</pre>'


if __name__ == "__main__":
    main()
