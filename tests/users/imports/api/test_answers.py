"""Answers to the questions of a preview through the API."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.factories import make_book
from tests.users.imports.api.conftest import Run, Upload
from users.imports.jobs.parsing import renew_preview
from users.models import ImportJob, LibraryEntry, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"shelves": {"to-buy": "soon"}}, "/shelves/to-buy"),
        ({"shelves": {"other": "read"}}, "/shelves"),
        ({"media": {"DVD": "import"}}, "/media"),
        ({"without_status": "read"}, "/without_status"),
        ({"without_status": "tag"}, "/without_status"),
        ({"overwrite": "yes"}, "/overwrite"),
        ({"format": "excel"}, "/format"),
        ({"mapping": {"titel": "Title"}}, "/mapping"),
        ({"mapping": {"title": "Titel"}}, "/mapping"),
        ({"mapping": {"authors": "Author"}}, "/mapping"),
        ({"mapping": {"title": "Title"}, "format": "goodreads"}, ""),
        ({"state": "finished"}, "/state"),
    ],
)
def test_invalid_answers_name_the_field(
    ann_client: APIClient, upload: Upload, run_job: Run, body: dict[str, Any], field: str
) -> None:
    pk = upload().json()["id"]
    run_job(pk)

    response = ann_client.patch(f"/api/imports/{pk}", body)

    assert response.status_code == 422
    assert [each["pointer"] for each in response.json()["errors"]] == [field]
    assert ImportJob.objects.get(pk=pk).answers == {}


def test_status_of_rows_that_state_none(ann: User, ann_client: APIClient, upload: Upload, run_job: Run) -> None:
    pk = upload("Title,Authors,Read Status,ISBN/UID\nOdes,Horace,,\nEmma,Jane Austen,read,\n").json()["id"]
    run_job(pk)
    address = f"/api/imports/{pk}"
    ready = ann_client.get(address).json()
    assert (ready["preview"]["without_status"], ready["answers"]["without_status"]) == (1, "want_to_read")

    skipped = ann_client.patch(address, {"without_status": "skip"}).json()
    assert (skipped["preview"]["outcomes"]["created"], skipped["preview"]["outcomes"]["skipped"]) == (1, 1)
    answered = ann_client.patch(address, {"without_status": "stopped"}).json()
    assert (answered["preview"]["outcomes"]["created"], answered["answers"]["without_status"]) == (2, "stopped")
    ann_client.post(f"{address}/commit")
    run_job(pk)

    assert LibraryEntry.objects.get(user=ann, book__title="Odes").status == "stopped"


def test_a_worker_counts_what_answers_change_in_a_large_file(
    ann: User, ann_client: APIClient, upload: Upload, run_job: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("users.imports.jobs.lifecycle.MAX_COUNTED_AT_ONCE", 2)
    LibraryEntry.objects.create(user=ann, book=make_book(title="Odes", authors=["Horace"]), rating=1)
    pk = upload().json()["id"]
    run_job(pk)
    address = f"/api/imports/{pk}"
    before = ann_client.get(address).json()["preview"]

    answered = ann_client.patch(address, {"shelves": {"to-buy": "read"}}).json()

    assert (answered["state"], answered["preview"]) == ("previewing", before)
    assert ann_client.post(f"{address}/commit").status_code == 409
    assert ann_client.patch(address, {"overwrite": True}).json()["state"] == "previewing"
    run_job(pk)
    ready = ann_client.get(address).json()
    assert (ready["state"], ready["answers"]["overwrite"]) == ("ready", True)
    assert ready["preview"]["shelves"] == before["shelves"]
    assert ready["preview"]["outcomes"]["updated"] == 1
    assert ann_client.post(f"{address}/commit").status_code == 202


def test_answers_during_the_count_are_counted_next(
    ann_client: APIClient, upload: Upload, run_job: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("users.imports.jobs.lifecycle.MAX_COUNTED_AT_ONCE", 2)
    pk = upload().json()["id"]
    run_job(pk)
    ann_client.patch(f"/api/imports/{pk}", {"overwrite": True})
    stale = ImportJob.objects.get(pk=pk)
    ann_client.patch(f"/api/imports/{pk}", {"overwrite": False})

    assert renew_preview(stale)
    assert ImportJob.objects.get(pk=pk).state == "previewing"
