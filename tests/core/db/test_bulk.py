"""Settings for large writes."""

import pytest
from django.db import connection

from core.db.bulk import LARGE_WRITE_PRAGMAS, large_write_settings

pytestmark = pytest.mark.django_db


def read_pragmas() -> list[int]:
    with connection.cursor() as cursor:
        return [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in LARGE_WRITE_PRAGMAS]


def fail_inside_the_block() -> None:
    with large_write_settings():
        assert read_pragmas() == list(LARGE_WRITE_PRAGMAS.values())
        raise LookupError


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the settings are SQLite's")
def test_settings_are_restored_after_an_error() -> None:
    before = read_pragmas()
    assert before != list(LARGE_WRITE_PRAGMAS.values())

    with pytest.raises(LookupError):
        fail_inside_the_block()

    assert read_pragmas() == before
