"""Static files as in the image: collected, compressed, and named by their content."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings


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
