"""A reader with an entry and a session, and static files as in the image: compressed, named by their content."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings

from tests.support.factories import make_book, make_user
from users.models import LibraryEntry, User


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def owner_client(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def entry(owner: User) -> LibraryEntry:
    created: LibraryEntry = LibraryEntry.objects.create(
        user=owner, book=make_book(title="Odes"), status="reading", added_on=date(2024, 5, 3)
    )
    return created


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    with collected_files(folder):
        call_command("collectstatic", "--noinput", "--verbosity", "0")
    return folder


@pytest.fixture
def image_static_files(static_root: Path) -> Iterator[None]:
    with collected_files(static_root):
        yield


def collected_files(folder: Path) -> override_settings:
    """The settings of `STATIC_COLLECTED=true`, with another folder."""
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    storages = {**settings.STORAGES, "staticfiles": storage}
    return override_settings(STATIC_ROOT=folder, WHITENOISE_USE_FINDERS=False, STORAGES=storages)
