"""The steps of an import through the API: upload, preview, answers, commit, cancel and undo."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.users.imports.api.conftest import TABLE, Run, Upload
from users.imports.jobs.parsing import read_job_file
from users.models import ImportJob, LibraryEntry, User

pytestmark = pytest.mark.django_db


def test_an_import_from_the_upload_to_the_library(
    ann: User, ann_client: APIClient, upload: Upload, run_job: Run
) -> None:
    created = upload()
    assert created.status_code == 201
    assert created.json()["state"] == "uploaded"
    address = created.headers["Location"]
    run_job(created.json()["id"])

    ready = ann_client.get(address).json()
    assert (ready["state"], ready["format"], ready["file_name"]) == ("ready", "goodreads", "export.csv")
    assert ready["preview"]["outcomes"] == {
        "created": 2, "updated": 0, "unchanged": 0, "merged": 0, "needs_review": 0, "skipped": 0, "failed": 1,
    }  # fmt: skip
    assert ready["preview"]["shelves"] == [{"name": "to-buy", "rows": 1}]
    assert not LibraryEntry.objects.exists()

    answered = ann_client.patch(address, {"shelves": {"to-buy": "want_to_read"}}).json()
    assert answered["answers"] == {
        "shelves": {"to-buy": "want_to_read"}, "media": {}, "without_status": "want_to_read", "overwrite": False,
    }  # fmt: skip
    started = ann_client.post(f"{address}/commit")
    assert (started.status_code, started.json()["state"]) == (202, "importing")
    run_job(created.json()["id"])

    finished = ann_client.get(address).json()
    assert finished["state"] == "finished"
    assert finished["outcomes"] == ready["preview"]["outcomes"]
    assert finished["progress"]["rows_done"] == finished["progress"]["rows_total"] == 3
    entries = LibraryEntry.objects.filter(user=ann)
    assert set(entries.values_list("book__title", "status")) == {("Odes", "read"), ("Fables", "want_to_read")}
    assert not any(entry.tags.exists() for entry in entries)


def test_the_list_has_own_imports_newest_first(ann_client: APIClient, upload: Upload) -> None:
    first, second = upload(name="a.csv").json()["id"], upload(name="b.csv").json()["id"]

    page = ann_client.get("/api/imports?limit=1").json()

    assert page["count"] == 2
    assert [each["id"] for each in page["results"]] == [second]
    assert [each["id"] for each in ann_client.get(page["next"]).json()["results"]] == [first]


def test_unknown_columns_get_a_mapping_that_later_files_are_offered(
    ann: User, ann_client: APIClient, upload: Upload, run_job: Run
) -> None:
    content = "Werk,Autor,Gelesen am\nOdes,Horace,2024\n"
    pk = upload(content).json()["id"]
    run_job(pk)
    job = ann_client.get(f"/api/imports/{pk}").json()
    assert (job["state"], job["columns"]) == ("needs_mapping", ["Werk", "Autor", "Gelesen am"])
    assert job["samples"] == [{"Werk": "Odes", "Autor": "Horace", "Gelesen am": "2024"}]
    assert job["suggested_mapping"] == {"authors": "Autor", "finished_on": "Gelesen am"}

    mapping = {"title": "Werk", "authors": "Autor"}
    assert ann_client.patch(f"/api/imports/{pk}", {"mapping": mapping}).json()["state"] == "uploaded"
    run_job(pk)
    assert ann_client.get(f"/api/imports/{pk}").json()["preview"]["outcomes"]["created"] == 1

    second = upload(content).json()["id"]
    run_job(second)
    assert ann_client.get(f"/api/imports/{second}").json()["suggested_mapping"] == mapping


def test_the_format_can_be_chosen_again(ann_client: APIClient, upload: Upload, run_job: Run) -> None:
    pk = upload(format="storygraph").json()["id"]
    run_job(pk)
    assert ann_client.get(f"/api/imports/{pk}").json()["state"] in {"ready", "failed"}

    assert ann_client.patch(f"/api/imports/{pk}", {"format": "goodreads"}).status_code == 200
    run_job(pk)

    job = ann_client.get(f"/api/imports/{pk}").json()
    assert (job["state"], job["format"], job["error"]) == ("ready", "goodreads", "")


def test_steps_in_another_state_are_conflicts(ann_client: APIClient, upload: Upload, run_job: Run) -> None:
    pk = upload().json()["id"]
    assert ann_client.post(f"/api/imports/{pk}/commit").status_code == 409  # not read yet
    run_job(pk)
    assert ann_client.post(f"/api/imports/{pk}/undo").status_code == 409
    assert ann_client.post(f"/api/imports/{pk}/commit").status_code == 202
    second = ann_client.post(f"/api/imports/{pk}/commit")
    assert second.status_code == 409
    assert "Importing" in second.json()["detail"]
    assert ann_client.patch(f"/api/imports/{pk}", {"overwrite": True}).status_code == 409
    assert ann_client.delete(f"/api/imports/{pk}").status_code == 405


def test_a_second_import_waits_for_the_first(ann_client: APIClient, upload: Upload, run_job: Run) -> None:
    first, second = upload().json()["id"], upload().json()["id"]
    run_job(first)
    run_job(second)
    assert ann_client.post(f"/api/imports/{first}/commit").status_code == 202

    response = ann_client.post(f"/api/imports/{second}/commit")

    assert (response.status_code, "Another import is running" in response.json()["detail"]) == (409, True)
    assert ann_client.post(f"/api/imports/{first}/cancel").json()["state"] == "cancelled"
    assert ann_client.post(f"/api/imports/{second}/commit").status_code == 202


def test_a_job_that_is_cancelled_while_it_is_read_stays_cancelled(ann: User, upload: Upload, run_job: Run) -> None:
    job = ImportJob.objects.get(pk=upload().json()["id"])
    ImportJob.objects.update(state="cancelled")

    read_job_file(job)

    assert job.state == ImportJob.objects.get().state == "cancelled"


def test_undo_keeps_what_a_person_has_changed(ann: User, ann_client: APIClient, upload: Upload, run_job: Run) -> None:
    pk = upload().json()["id"]
    run_job(pk)
    ann_client.post(f"/api/imports/{pk}/commit")
    run_job(pk)
    odes = LibraryEntry.objects.get(book__title="Odes")
    assert ann_client.patch(f"/api/library/{odes.pk}", {"review": "Mine."}).status_code == 200

    assert ann_client.post(f"/api/imports/{pk}/undo").json()["state"] == "undoing"
    run_job(pk)

    job = ann_client.get(f"/api/imports/{pk}").json()
    assert (job["state"], job["undone"]) == ("undone", {"removed": 1, "restored": 0, "kept": 1})
    assert [entry.book.title for entry in LibraryEntry.objects.filter(user=ann)] == ["Odes"]


def test_unfinished_imports_are_limited(ann_client: APIClient, upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("users.imports.jobs.lifecycle.MAX_UNFINISHED", 2)
    first = upload().json()["id"]
    assert upload().status_code == 201

    refused = upload()

    assert (refused.status_code, "cancel some" in refused.json()["detail"]) == (409, True)
    assert ann_client.post(f"/api/imports/{first}/cancel").status_code == 200
    assert upload().status_code == 201


def test_uploads_are_limited_by_account(upload: Upload, settings: Any) -> None:
    settings.UPLOADS_PER_ACCOUNT = "1/hour"
    assert upload().status_code == 201

    refused = upload()

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "/file"),
        ({"file": "text"}, "/file"),
        ({"file": TABLE, "format": "excel"}, "/file"),
        ({"other": "1"}, "/other"),
    ],
)
def test_uploads_without_a_file_name_the_field(ann_client: APIClient, body: dict[str, str], field: str) -> None:
    response = ann_client.post("/api/imports", body, format="multipart")

    assert response.status_code == 422
    assert field in [each["pointer"] for each in response.json()["errors"]]


def test_uploads_are_forms_only(ann_client: APIClient) -> None:
    assert ann_client.post("/api/imports", {"file": "x"}).status_code == 415


def test_a_file_with_too_many_rows_is_refused_with_advice(ann_client: APIClient, upload: Upload, run_job: Run) -> None:
    pk = upload("Title,Author\n" + "Odes,Horace\n" * 10_001, format="mapped").json()["id"]
    run_job(pk)

    job = ann_client.get(f"/api/imports/{pk}").json()

    assert job["state"] == "failed"
    assert "10,000" in job["error"]
    assert "Split it" in job["error"]
