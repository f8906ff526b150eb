"""The API and the admin of shops and tracked pages."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from books.models import Book
from scraping.models import Shop, ShopPage, TrackedPage
from scraping.shops.tracking import track
from tests.support.factories import make_curator, make_user
from tests.support.shops import OpenShop

pytestmark = pytest.mark.django_db
NEW = {"slug": "corner", "name": "Corner Books", "host": "www.Corner.example"}


@pytest.fixture
def curator() -> APIClient:
    client = APIClient()
    client.force_authenticate(make_curator())
    return client


@pytest.fixture
def member() -> APIClient:
    client = APIClient()
    client.force_authenticate(make_user())
    return client


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_curator())
    return client


def test_a_member_tracks_lists_and_stops(member: APIClient, shop: OpenShop) -> None:
    created = member.post("/api/tracked", {"url": shop.url(1)}, format="json")

    assert created.status_code == 201, created.json()
    body = created.json()
    assert created["Location"].endswith(f"/api/tracked/{body['id']}")
    assert (body["url"], body["source"], body["state"]) == (shop.url(1), "json_ld", "read")
    assert body["sources"]["price"] == "json-ld"
    assert body["book"] == Book.objects.get().pk
    assert member.post("/api/tracked", {"url": shop.url(1)}, format="json").status_code == 200
    assert member.get("/api/tracked").json()["results"] == [body]
    assert member.delete(f"/api/tracked/{body['id']}").status_code == 204
    assert member.get("/api/tracked").json()["results"] == []


def test_a_rejection_states_its_reason_at_the_field(member: APIClient, shop: OpenShop) -> None:
    response = member.post("/api/tracked", {"url": f"{shop.address}/book/999"}, format="json")

    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert error["pointer"] == "/url"
    assert "returned status 404" in error["detail"]


def test_a_shop_is_allowed_changed_paused_and_resumed(curator: APIClient) -> None:
    created = curator.post("/api/shops", {**NEW, "currency": "EUR"}, format="json")
    assert created.status_code == 201, created.json()
    assert created.json() | {"host": "corner.example", "state": "new", "name": "Corner Books"} == created.json()

    changed = curator.patch("/api/shops/corner", {"delay": 5, "name": "Corner"}, format="json")
    assert (changed.json()["delay"], changed.json()["name"]) == (5.0, "Corner")
    paused = curator.post("/api/shops/corner/pause", {"reason": "It asked us to stop."}, format="json")
    assert (paused.json()["state"], paused.json()["state_reason"]) == ("paused", "It asked us to stop.")
    assert curator.post("/api/shops/corner/resume").json()["state"] == "new"
    assert curator.post("/api/shops/corner/block", {"reason": "Terms."}, format="json").json()["state"] == "blocked"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "open_library"}, "slug"),
        ({"slug": "a b"}, "slug"),
        ({"host": "no host"}, "host"),
        ({"host": ""}, "host"),
        ({"currency": "XXX"}, "currency"),
        ({"decimal_mark": ";"}, "decimal_mark"),
        ({"delay": 0}, "delay"),
        ({"pages_per_night": 0}, "pages_per_night"),
        ({"discovery": "sitemap", "page_pattern": "/b/*", "sitemap_url": "sitemap.xml"}, "sitemap_url"),
        ({"discovery": "sitemap", "sitemap_url": "https://corner.example/s.xml"}, "page_pattern"),
        (
            {"discovery": "sitemap", "sitemap_url": "https://other.example/s.xml", "page_pattern": "/b/*"},
            "sitemap_url",
        ),
        (
            {"discovery": "listings", "page_pattern": "/b/*", "listing_urls": "https://corner.example/\nx"},
            "listing_urls",
        ),
        ({"state": "confirmed"}, "state"),
    ],
)
def test_invalid_shops_are_rejected_at_the_field(change: dict[str, Any], field: str, curator: APIClient) -> None:
    response = curator.post("/api/shops", {**NEW, **change}, format="json")

    if field == "state":  # read-only
        assert response.json().get("state", "new") == "new"
        return
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [f"/{field}"]
    assert not Shop.objects.filter(pk__in=["corner", change.get("slug", "")]).exists()


def test_slug_and_host_are_fixed(curator: APIClient) -> None:
    curator.post("/api/shops", NEW, format="json")

    for change in ({"slug": "other"}, {"host": "other.example"}):
        assert curator.patch("/api/shops/corner", change, format="json").status_code == 422


def test_two_shops_cannot_have_one_host(curator: APIClient) -> None:
    curator.post("/api/shops", NEW, format="json")

    response = curator.post("/api/shops", {**NEW, "slug": "second", "host": "corner.example"}, format="json")

    assert response.status_code == 422
    assert response.json()["errors"][0]["detail"] == "Another shop has this host."


def test_the_first_products_are_confirmed_in_the_api(curator: APIClient, shop: OpenShop) -> None:
    Shop.objects.update(state=Shop.State.NEW)
    track(user_id=make_user().pk, url=shop.url(1))

    [product] = curator.get("/api/shops/json_ld/products").json()
    assert (product["title"], product["price"], product["currency"]) == ("Stories, volume 1", "12.50", "EUR")
    assert curator.post("/api/shops/json_ld/confirm").json()["state"] == "confirmed"
    assert Book.objects.count() == 1


def test_staff_add_a_shop_in_the_admin(admin: Client) -> None:
    form = {"label": "Corner", "slug": "corner", "host": "https://www.corner.example/", "delay": "1",
            "pages_per_night": "500", "discovery": "tracked"}  # fmt: skip

    response = admin.post("/admin/scraping/shop/add/", form)

    assert response.status_code == 302, response.context["adminform"].errors
    shop = Shop.objects.get(pk="corner")
    assert (shop.host, shop.source.label, shop.source.is_shop, shop.state) == ("corner.example", "Corner", True, "new")
    assert admin.get("/admin/scraping/shop/corner/change/").status_code == 200
    assert admin.get("/admin/scraping/shop/").status_code == 200


@pytest.mark.parametrize(("decision", "state", "books"), [("right", "confirmed", 1), ("wrong", "paused", 0)])
def test_staff_look_at_the_first_prices_in_the_admin(
    decision: str, state: str, books: int, admin: Client, shop: OpenShop
) -> None:
    Shop.objects.update(state=Shop.State.NEW)
    track(user_id=make_user().pk, url=shop.url(1))
    page = admin.get("/admin/scraping/shop/json_ld/products/")
    assert "€12.50" in page.content.decode()
    assert "are these the prices?" in page.content.decode()

    assert admin.post("/admin/scraping/shop/json_ld/products/", {"decision": decision}).status_code == 302

    assert Shop.objects.get(pk="json_ld").state == state
    assert Book.objects.count() == books
    assert admin.get(f"/admin/scraping/shoppage/{ShopPage.objects.get().pk}/change/").status_code == 200


def test_buttons_of_the_admin_change_the_state(admin: Client, shop: OpenShop) -> None:
    for action, state in [("pause", "paused"), ("resume", "new"), ("block", "blocked")]:
        assert admin.get(f"/admin/scraping/shop/json_ld/{action}/").status_code == 405
        assert admin.post(f"/admin/scraping/shop/json_ld/{action}/").status_code == 302
        assert Shop.objects.get(pk="json_ld").state == state


def test_the_page_tracks_and_stops(shop: OpenShop) -> None:
    client, user = Client(), make_user()
    client.force_login(user)

    response = client.post("/tracked", {"url": shop.url(1)}, follow=True)
    assert "“Stories, volume 1” is tracked." in response.content.decode()
    assert "€12.50" in response.content.decode()
    rejected = client.post("/tracked", {"url": "https://other.example/1"})
    assert rejected.status_code == 422
    assert "is not among the shops that may be read" in rejected.content.decode()
    client.post(f"/tracked/{TrackedPage.objects.get().pk}/stop")
    assert not TrackedPage.objects.exists()
