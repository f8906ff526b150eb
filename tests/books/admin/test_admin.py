"""What all pages of the admin have in common."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from books.models import Author, Book, Category, PriceObservation
from books.prices.review import hold_latest_price
from scraping.runs import lifecycle
from tests.support.factories import make_book, make_category, make_user
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    book = make_book(title="Odes", authors=["Ann"], category=make_category("Poetry"), price=5, currency="GBP", upc="1")
    for price in ("5.00", "7.50"):
        PriceObservation.objects.create(book=book, price=Decimal(price), currency="GBP", availability="in_stock")
    hold_latest_price(book, reason="Doubtful.")
    lifecycle.start(site="books_to_scrape", trigger="command")
    return book


@pytest.mark.parametrize(
    ("model", "model_admin"), [pytest.param(*entry, id=entry[0].__name__) for entry in admin.site._registry.items()]
)
def test_list_search_and_form(
    staff_client: APIClient, book: Book, model: type[Model], model_admin: admin.ModelAdmin[Any]
) -> None:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    rows = model._default_manager.all()

    listed = staff_client.get(reverse(f"{name}_changelist"))
    assert (listed.status_code, listed.context["cl"].result_count) == (200, rows.count())
    if model_admin.search_fields:
        searched = staff_client.get(reverse(f"{name}_changelist"), {"q": "no such text"})
        assert (searched.status_code, searched.context["cl"].result_count) == (200, 0)
    if row := rows.first():
        form = staff_client.get(reverse(f"{name}_change", args=[row.pk]))
        assert (form.status_code, form.context["original"]) == (200, row)


def test_history_is_read_only(staff_client: APIClient, book: Book) -> None:
    observation = book.observations.latest("pk")

    assert staff_client.get("/admin/books/priceobservation/add/").status_code == 403
    assert staff_client.post(f"/admin/books/priceobservation/{observation.pk}/change/", {}).status_code == 403
    assert staff_client.post(f"/admin/books/priceobservation/{observation.pk}/delete/", {}).status_code == 403
    assert staff_client.get("/admin/scraping/scraperun/add/").status_code == 403


def test_members_are_redirected_to_the_sign_in(member_client: APIClient) -> None:
    response = member_client.get("/admin/books/book/")

    assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/books/book/")


def test_the_address_without_a_slash_redirects_to_the_admin() -> None:
    response = Client().get("/admin")

    assert (response.status_code, response["Location"]) == (302, "/admin/")


@pytest.mark.parametrize("model", [Author, Category, Book, User])
def test_a_form_does_not_restore_a_deleted_row(
    staff_client: APIClient, monkeypatch: pytest.MonkeyPatch, model: type[Any]
) -> None:
    row = {Author: Author(name="Ann"), Category: Category(name="Poetry"), Book: Book(title="Odes"), User: make_user()}[
        model
    ]
    row.save()

    def delete(instance: Any) -> None:
        model.objects.filter(pk=row.pk).delete()

    monkeypatch.setattr(model, "clean", delete)  # called after the form has loaded the row, and before it writes
    form = {"name": "New", "title": "New", "email": "new@example.org", "availability": "unknown", "languages": ""}
    for inline in ("authorships", "observations", "curated_fields"):
        form |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}

    path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/change/"
    response = staff_client.post(path, form, format="multipart")

    assert response.status_code == 404
    assert model.objects.get(pk=row.pk) == row  # the request was rolled back, and with it this deletion


def test_menus_have_names_for_curators(staff_client: APIClient, book: Book) -> None:
    page = staff_client.get("/admin/")

    names = [app["name"] for app in page.context["app_list"]]
    assert names == ["Catalogue", "Crawls", "Permissions", "System tasks", "Users"]


def test_a_superuser_learns_that_history_prevents_a_deletion(staff_client: APIClient, book: Book) -> None:
    PriceObservation.objects.create(book=make_book(title="Epodes"), price=1, currency="GBP")

    page = staff_client.get(f"/admin/books/book/{Book.objects.get(title='Epodes').pk}/delete/").content.decode()

    assert "1 price observation" in page
    assert "permission" not in page.split('id="content"')[1]


@pytest.mark.parametrize(
    ("is_full", "text"), [(True, "Every page"), (False, "Only pages that are new, changed or due")]
)
def test_a_run_states_which_pages_it_fetches(staff_client: APIClient, is_full: bool, text: str) -> None:
    run = lifecycle.start(site="books_to_scrape", trigger="command", is_full=is_full)

    assert text in staff_client.get(f"/admin/scraping/scraperun/{run.pk}/change/").content.decode()
