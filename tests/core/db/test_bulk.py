"""Bulk inserts and updates."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.db.bulk import LARGE_WRITE_PRAGMAS, insert_groups, large_write_settings, update_groups
from core.db.row_sources import Group
from tests.support.factories import make_user
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


def insert_three_groups() -> list[int]:
    """Five notifications. Returns their primary keys, in the order of their keys."""
    now = timezone.now()
    groups: list[Group] = [
        (("test", {"a": ["é", None]}, now), [("run 1", None), ("run 2", None), ("run 3", None)]),
        (("staff_run_failed", {"b": "no row"}, now), []),
        (("staff_run_failed", {"b": '{"quoted"}'}, now), [("run 4", make_user(name="Ann").pk), ("run, 5", None)]),
    ]
    insert_groups(Notification, ["dedupe_key", "recipient"], ["kind", "payload", "created_at"], groups)
    return list(Notification.objects.order_by("dedupe_key").values_list("pk", flat=True))


@pytest.mark.parametrize("rows_in_a_statement", [1, 2, 4, 100])
def test_rows_of_groups_are_inserted(rows_in_a_statement: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.db.row_sources.MAX_GROUP_ROWS", rows_in_a_statement)
    insert_three_groups()

    stored = Notification.objects.order_by("dedupe_key").values_list("dedupe_key", "recipient__name", "kind", "payload")
    assert list(stored) == [
        ("run 1", None, "test", {"a": ["é", None]}),
        ("run 2", None, "test", {"a": ["é", None]}),
        ("run 3", None, "test", {"a": ["é", None]}),
        ("run 4", "Ann", "staff_run_failed", {"b": '{"quoted"}'}),
        ("run, 5", None, "staff_run_failed", {"b": '{"quoted"}'}),
    ]


@pytest.mark.parametrize("rows_in_a_statement", [1, 2, 4, 100])
def test_rows_of_groups_are_updated(rows_in_a_statement: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.db.row_sources.MAX_GROUP_ROWS", rows_in_a_statement)
    first, second, third, fourth, unchanged = insert_three_groups()
    read_at = datetime(2026, 5, 3, 12, 0, 0, 123456, tzinfo=UTC)

    update_groups(Notification, ["read_at", "payload"], [((read_at, {"a": 1}), [third, first]), ((None, 2), [fourth])])

    stored = dict(Notification.objects.values_list("pk", "payload"))
    assert stored == {
        first: {"a": 1},
        second: {"a": ["é", None]},
        third: {"a": 1},
        fourth: 2,
        unchanged: {"b": '{"quoted"}'},
    }
    assert set(Notification.objects.filter(read_at=read_at).values_list("pk", flat=True)) == {first, third}


def test_no_groups_write_nothing() -> None:
    insert_groups(Notification, ["dedupe_key"], ["kind"], [])
    update_groups(Notification, ["kind"], [(("test",), [])])

    assert not Notification.objects.exists()


def test_groups_that_conflict_are_skipped() -> None:
    insert_three_groups()
    groups: list[Group] = [(("test", {}, timezone.now()), [("run 3",), ("run 6",)])]
    shared = ["kind", "payload", "created_at"]

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_groups(Notification, ["dedupe_key"], shared, groups)
    insert_groups(Notification, ["dedupe_key"], shared, groups, ignore_conflicts=True)

    assert Notification.objects.filter(dedupe_key="run 6").exists()
    assert Notification.objects.count() == 6
