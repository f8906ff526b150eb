"""Sources are rows: a new one needs no migration."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from books.ingest import ingest
from books.models import Source
from books.sources import register_source
from scraping.models import Shop
from tests.support.factories import make_book, make_record

pytestmark = pytest.mark.django_db


def list_sources() -> list[tuple[str, str, bool]]:
    return list(Source.objects.values_list("name", "label", "is_shop"))


BUILT_IN = [
    ("import", "Imported", False),
    ("manual", "Entered by hand", False),
    ("open_library", "Open Library", False),
]


def test_a_migrated_database_has_the_built_in_sources() -> None:
    assert [source for source in list_sources() if not source[2]] == BUILT_IN


def test_migrating_restores_deleted_built_in_sources() -> None:
    Shop.objects.all().delete()
    Source.objects.all().delete()

    call_command("migrate", verbosity=0)

    assert [source for source in list_sources() if not source[2]] == BUILT_IN


def test_registering_a_source_twice_updates_it() -> None:
    register_source(name="woo", label="Woo", is_shop=False)
    register_source(name="woo", label="Books by Woo", is_shop=True)

    assert Source.objects.filter(name="woo").values_list("label", "is_shop").get() == ("Books by Woo", True)


@pytest.mark.parametrize("fields", [{"name": "a b"}, {"name": ""}, {"name": "x" * 33}, {"label": ""}])
def test_invalid_sources_are_rejected(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        register_source(**{"name": "woo", "label": "Woo", "is_shop": True, **fields})


def test_ingest_registers_an_unknown_source() -> None:
    ingest([make_record(source="second_shop"), make_record(source="third-shop")])

    added = Source.objects.filter(name__contains="shop").values_list("name", "label")
    assert list(added) == [("second_shop", "Second shop"), ("third-shop", "Third shop")]


def test_ingest_keeps_the_label_of_a_known_source() -> None:
    register_source(name="woo", label="Books by Woo", is_shop=True)

    ingest([make_record(source="woo")])

    assert Source.objects.get(name="woo").label == "Books by Woo"


def test_ingest_registers_a_source_again_after_a_rollback_and_a_deletion() -> None:
    with transaction.atomic():
        ingest([make_record(source="woo")])
        transaction.set_rollback(True)
    ingest([make_record(source="woo")])
    Shop.objects.all().delete()
    Source.objects.all().delete()
    ingest([make_record(source="woo")])

    assert Source.objects.filter(name="woo").exists()


def test_a_dry_run_registers_nothing() -> None:
    ingest([make_record(source="woo")], dry_run=True)

    assert not Source.objects.filter(name="woo").exists()


def test_the_filter_accepts_registered_sources(client: APIClient) -> None:
    ingest([make_record(source="woo", title="From Woo"), make_record(source="other")])
    register_source(name="empty", label="Empty", is_shop=True)

    assert [book["title"] for book in client.get("/api/books?source=woo").json()["results"]] == ["From Woo"]
    assert client.get("/api/books?source=empty").json()["count"] == 0
    assert client.get("/api/books?source=").json()["count"] == 2


def test_the_filter_names_the_sources_if_the_value_is_none_of_them(client: APIClient) -> None:
    Shop.objects.all().delete()
    Source.objects.exclude(name="manual").delete()
    register_source(name="woo", label="Woo", is_shop=True)

    response = client.get("/api/books?source=Woo")

    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert error["parameter"] == "source"
    assert error["detail"] == "'Woo' is not a valid value. Did you mean 'woo'? The values are: manual, woo."


def test_the_schema_documents_the_source_as_text(client: APIClient) -> None:
    schema = client.get("/api/schema?format=json").json()

    [parameter] = [each for each in schema["paths"]["/api/books"]["get"]["parameters"] if each["name"] == "source"]
    field = schema["components"]["schemas"]["Book"]["properties"]["source"]
    assert (parameter["schema"]["type"], field["type"]) == ("string", "string")
    assert "enum" not in {*parameter["schema"], *field}


def test_the_admin_filters_by_source_and_shows_labels(staff_client: APIClient) -> None:
    register_source(name="woo", label="Books by Woo", is_shop=True)
    make_book(title="Odes", source="woo")
    book = make_book(title="Elegies", source="unregistered")

    page = staff_client.get("/admin/books/book/").content.decode()
    assert page.count("Books by Woo") == 2  # the filter and a row
    assert '<td class="field-source_name">unregistered</td>' in page

    filtered = staff_client.get("/admin/books/book/?source__exact=woo")
    assert [book.title for book in filtered.context["cl"].result_list] == ["Odes"]
    assert "unregistered" in staff_client.get(f"/admin/books/book/{book.pk}/change/").content.decode()


def test_registering_a_known_source_costs_one_query() -> None:
    ingest([make_record(source="woo")])

    with CaptureQueriesContext(connection) as queries:
        ingest([make_record(source="woo"), make_record(source="manual")])

    assert sum("books_source" in query["sql"] for query in queries) == 1


def test_the_browsable_api_offers_the_sources(client: APIClient) -> None:
    register_source(name="woo", label="Books by Woo", is_shop=True)

    page = client.get("/api/books?source=woo", headers={"Accept": "text/html"}).content.decode()

    assert '<option value="woo" selected>Books by Woo</option>' in page
