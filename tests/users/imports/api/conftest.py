"""Uploads, and steps of the background worker."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from users.imports.jobs import lifecycle
from users.models import ImportJob

Upload = Callable[..., Any]
Run = Callable[[Any], Any]

TABLE = (
    "Title,Author,ISBN13,Exclusive Shelf,My Rating,Date Read,Book Id\n"
    'Odes,Horace,"=""9780140444223""",read,5,2024/05/03,1\n'
    "Fables,Aesop,,to-buy,0,,2\n"
    ",,,read,0,,3\n"
)


@pytest.fixture(autouse=True)
def own_storage(settings: Settings, tmp_path: Path) -> None:
    location = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": location}
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path


@pytest.fixture
def upload(ann_client: APIClient) -> Upload:
    """Uploads a file as Ann; returns the response."""

    def run(content: str | bytes = TABLE, *, name: str = "export.csv", **fields: Any) -> Any:
        data = content.encode() if isinstance(content, str) else content
        body = {"file": SimpleUploadedFile(name, data), **fields}
        return ann_client.post("/api/imports", body, format="multipart")

    return run


@pytest.fixture
def run_job() -> Run:
    """Does the steps of an import until none follows at once; returns the job."""

    def run(pk: int) -> ImportJob:
        job = ImportJob.objects.get(pk=pk)
        while lifecycle.run_step(job):
            pass
        job.refresh_from_db()
        return job

    return run
