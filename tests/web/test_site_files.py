"""What search engines and phones read."""

from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from tests.support.factories import make_book, make_category
from tests.web.pages import get_page

pytestmark = pytest.mark.django_db


def read_rules() -> RobotFileParser:
    rules = RobotFileParser()
    rules.parse(Client().get("/robots.txt").content.decode().splitlines())
    return rules


def test_search_engines_may_read_the_catalogue(settings: Settings) -> None:
    settings.ALLOW_SEARCH_ENGINES = True
    rules = read_rules()

    for path in ("/", "/catalogue", "/catalogue?page=2", "/book/1/odes", "/author/1", "/category/1", "/covers/1/240"):
        assert rules.can_fetch("Bot", path), path
    for path in ("/admin/", "/account", "/find?q=odes", "/api/books", "/catalogue/as/list", "/sign-in", "/users"):
        assert not rules.can_fetch("Bot", path), path


def test_private_instances_are_not_indexed(settings: Settings) -> None:
    settings.ALLOW_SEARCH_ENGINES = False

    assert not read_rules().can_fetch("Bot", "/catalogue")
    assert get_page("/catalogue").select("meta[name=robots][content=noindex]")


def test_one_address_of_each_page_is_indexed(settings: Settings) -> None:
    settings.ALLOW_SEARCH_ENGINES = True
    book = make_book(title="Odes", authors=["Horace"], category=make_category("Poems"))
    author, category = book.authors.get(), book.category_id
    addresses = {
        "/": "/", "/catalogue": "/catalogue", f"/book/{book.pk}/another": f"/book/{book.pk}/odes",
        f"/author/{author.pk}": f"/author/{author.pk}/horace", f"/category/{category}": f"/category/{category}/poems",
    }  # fmt: skip

    for path, address in addresses.items():
        page = get_page(path)
        (link,) = page.select("link[rel=canonical]")
        assert link["href"] == f"http://testserver{address}"
        assert not page.select("meta[name=robots]")
    for path in ("/catalogue?in_stock=true", f"/category/{category}?ordering=-price", "/find", "/sign-in", "/register"):
        page = get_page(path)
        assert page.select("meta[name=robots][content=noindex]"), path
        assert not page.select("link[rel=canonical]")
    assert get_page("/nothing", status=404).select("meta[name=robots][content=noindex]")


def test_book_page_has_a_description() -> None:
    book = make_book(title="Odes", authors=["Horace"], first_publish_year=-23, price="37.32", currency="GBP")

    (description,) = get_page(f"/book/{book.pk}").select("meta[name=description]")

    assert description["content"] == "Odes by Horace (23 BC): £37.32 now, and its earlier prices."


def test_icons_of_the_manifest_have_their_sizes() -> None:
    manifest = Client().get("/manifest.webmanifest").json()
    (touch,) = get_page("/").select("link[rel=apple-touch-icon]")

    icons = [(icon["src"], icon["sizes"]) for icon in manifest["icons"] if icon["type"] == "image/png"]
    assert {sizes for _, sizes in icons} == {"192x192", "512x512"}
    for address, sizes in [*icons, (touch["href"], "180x180")]:
        with Image.open(str(finders.find(urlsplit(str(address)).path.removeprefix("/static/")))) as image:
            assert f"{image.width}x{image.height}" == sizes
            assert image.format == "PNG"
