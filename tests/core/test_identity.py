"""The admin and the pages of the API look like the pages for readers: colours, mark, links, accessibility."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, StorageState, ViewportSize

from tests.support.browser import BROWSER_MARKS, list_violations
from tests.support.installation import ROOT, Installation
from tests.support.service_process import ServiceProcess, run_service

DECLARATION = re.compile(r"(--[a-z-]+): ([^;]+);")
EMAIL, PASSWORD = "staff@example.org", "correct horse battery"
PAGES = [
    "admin/", "admin/books/book/", "admin/books/book/1/change/", "admin/books/book/1/delete/",
    "api/books", "api/books/1",
]  # fmt: skip
SET_UP = (
    "from users.models import User; from books.models import Book, Category;"
    f"User.objects.create_superuser('{EMAIL}', '{PASSWORD}', name='Ada');"
    "Book.objects.create(title='Odes', category=Category.objects.create(name='Poetry'), price='9.50', currency='GBP')"
)


def read_themes(path: str) -> list[dict[str, str]]:
    """The custom properties of the light theme, the dark theme by choice, and the dark theme of the system."""
    css = (ROOT / path).read_text(encoding="utf-8")
    return [dict(DECLARATION.findall(block)) for block in re.findall(r"\{([^{}]*--paper: [^{}]*)\}", css)]


def test_tokens_equal_those_of_the_pages() -> None:
    pages, tokens = read_themes("web/static/web/style.css"), read_themes("core/static/colophon/tokens.css")

    assert len(tokens) == 3
    assert tokens == [{name: page[name] for name in theme} for theme, page in zip(tokens, pages, strict=True)]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/login/", "/api/books", "/docs", "/api/redoc", "/"])
def test_every_surface_has_the_mark_and_a_link_to_the_pages(path: str) -> None:
    page = Client().get(path, headers={"Accept": "text/html"}).content.decode()

    assert '<link rel="icon" href="/static/colophon/mark.svg" type="image/svg+xml">' in page
    assert re.search(r'<a class="brand" href="/"[^>]*><svg aria-hidden="true"', page)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    folder = tmp_path_factory.mktemp("identity")
    with Installation.create(folder) as installed:
        installed.manage("shell", "--verbosity", "0", "--command", SET_UP).check_returncode()
        with run_service("serve", folder, DATABASE_URL=installed.environment["DATABASE_URL"]) as process:
            process.wait_for_line("Colophon serves on")
            yield process


@pytest.fixture(scope="module")
def session(service: ServiceProcess, browser: Browser) -> StorageState:
    """The cookies of a signed-in superuser."""
    with browser.new_context(base_url=service.address) as context:
        page = context.new_page()
        page.goto("/admin/login/?next=/admin/")
        page.fill("#id_username", EMAIL)
        page.fill("#id_password", PASSWORD)
        page.click("[type=submit]")
        page.wait_for_url("**/admin/")
        return context.storage_state()


class TestInTheBrowser:
    pytestmark = BROWSER_MARKS

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_pages_are_accessible(
        self, browser: Browser, service: ServiceProcess, session: StorageState, theme: Any
    ) -> None:
        violations = {}
        options = {"color_scheme": theme, "base_url": service.address, "reduced_motion": "reduce"}
        with browser.new_context(**options) as visitor, browser.new_context(storage_state=session, **options) as staff:
            for context, path in [
                (visitor, "admin/login/"),
                (visitor, "api/books"),
                *((staff, path) for path in PAGES),
            ]:
                page = context.new_page()
                page.goto(f"/{path}")
                violations[path] = list_violations(page)
                page.close()

        assert not any(violations.values()), violations

    def test_nothing_scrolls_sideways_on_a_phone(
        self, browser: Browser, service: ServiceProcess, session: StorageState
    ) -> None:
        phone = ViewportSize(width=390, height=844)
        with browser.new_context(base_url=service.address, storage_state=session, viewport=phone) as context:
            page = context.new_page()
            for path in PAGES:
                page.goto(f"/{path}")
                assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
