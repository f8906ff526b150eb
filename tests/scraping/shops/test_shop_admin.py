"""The page of a shop in the admin: the problems of a search for its pages."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from scraping.admin.shops import MAX_PROBLEMS
from scraping.models import PageList, Shop
from tests.support.shops import create_shop
from users.models import User

NOW = datetime(2026, 11, 27, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def superuser_client() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", "correct horse battery", name="Root"))
    return client


@pytest.fixture
def row() -> Shop:
    return create_shop("corner", "https://corner.example/")


def add_list(shop: Shop, number: int, problem: str) -> None:
    PageList.objects.create(
        shop=shop, key=str(number), url=f"https://corner.example/{number}.xml", kind=PageList.Kind.SITEMAP, depth=0,
        searched_at=NOW, is_pending=False, problem=problem,
    )  # fmt: skip


def open_page(client: Client, shop: Shop) -> str:
    response = client.get(f"/admin/scraping/shop/{shop.pk}/change/")
    assert response.status_code == 200
    return response.content.decode()


def test_the_problems_of_the_last_search_are_listed(superuser_client: Client, row: Shop) -> None:
    add_list(row, 1, "returned status 404")
    add_list(row, 2, "is invalid XML (<b>)")
    add_list(row, 3, "")

    page = open_page(superuser_client, row)

    problems = (
        "https://corner.example/1.xml returned status 404<br>https://corner.example/2.xml is invalid XML (&lt;b&gt;)"
    )
    assert problems in page
    assert "3.xml" not in page


def test_many_problems_are_counted(superuser_client: Client, row: Shop) -> None:
    for number in range(MAX_PROBLEMS + 2):
        add_list(row, number, "returned status 404")

    page = open_page(superuser_client, row)

    assert page.count("returned status 404") == MAX_PROBLEMS
    assert "and 2 more" in page


def test_a_new_shop_has_no_problems(superuser_client: Client) -> None:
    assert superuser_client.get("/admin/scraping/shop/add/").status_code == 200
