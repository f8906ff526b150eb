"""Bulk inserts and updates."""

import pytest
from django.db import connection
from django.utils import timezone

from core.db.bulk import LARGE_WRITE_PRAGMAS, insert, large_write_settings, update_rows
from users.models import Notification

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


def test_json_values_that_rows_share_are_inserted_and_updated() -> None:
    shared, own = {"a": ["é", None]}, {"b": 1}
    rows = [("run 1", shared), ("run 2", shared), ("run 3", shared), ("run 4", own), ("run 5", shared)]
    now = timezone.now()
    insert(Notification, ["kind", "created_at", "dedupe_key", "payload"], [("test", now, *row) for row in rows])
    stored = Notification.objects.order_by("dedupe_key")
    assert list(stored.values_list("dedupe_key", "payload")) == rows

    keys = list(stored.values_list("pk", flat=True))
    update_rows(Notification, ["payload", "dedupe_key"], [(key, own, str(key)) for key in keys])
    assert {(each.payload["b"], each.dedupe_key) for each in Notification.objects.all()} == {(1, str(k)) for k in keys}
