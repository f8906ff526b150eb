"""Periodic jobs: when they are due, failures, and one process at a time."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db.models import F
from django.db.models.functions import Now
from django.utils.module_loading import autodiscover_modules

from core import periodic_jobs
from core.db.advisory_lock import try_lock
from core.db.rate_counters import count_attempt
from core.models import CacheEntry, PeriodicJobState, RateCounter
from core.periodic import delete_expired_cache_entries, delete_expired_rate_counters, delete_expired_sessions
from core.periodic_jobs import ALWAYS, PeriodicJob, periodic, run_due
from tests.support.factories import make_user
from users.models import Token
from users.periodic import delete_expired_tokens
from users.sessions.store import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> dict[str, PeriodicJob]:
    """An empty register. The modules of the apps are imported before, so that they do not register in it."""
    autodiscover_modules("periodic")
    monkeypatch.setattr(periodic_jobs, "jobs", {})
    return periodic_jobs.jobs


@pytest.fixture
def calls(jobs: dict[str, PeriodicJob]) -> list[str]:
    """The names of the executed jobs: one of every call, and an hourly one."""
    executed: list[str] = []

    @periodic(every=ALWAYS)
    def always() -> None:
        executed.append("always")

    @periodic(every=timedelta(hours=1))
    def hourly() -> None:
        executed.append("hourly")

    return executed


def age_jobs(**age: float) -> None:
    PeriodicJobState.objects.update(succeeded_at=F("succeeded_at") - timedelta(**age))


def test_jobs_run_when_their_time_has_passed(calls: list[str]) -> None:
    run_due()
    run_due()
    age_jobs(minutes=59)
    run_due()
    assert calls == ["always", "hourly", "always", "always"]

    age_jobs(minutes=1)
    run_due()

    assert calls[4:] == ["always", "hourly"]


def test_failed_job_is_repeated_and_does_not_stop_the_others(calls: list[str]) -> None:
    @periodic(every=timedelta(hours=1))
    def broken() -> None:
        calls.append("broken")
        raise ValueError("no\nsuch thing")

    with pytest.raises(CommandError, match=r"^Failed: broken [(]ValueError: no such thing[)]$"):
        call_command("run_due")
    with pytest.raises(CommandError):
        call_command("run_due")

    assert calls == ["always", "hourly", "broken", "always", "broken"]


def test_jobs_do_not_run_while_another_process_runs_them(calls: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with try_lock("run_due") as is_held:
        assert is_held
        call_command("run_due")

    assert calls == []
    assert "Another process" in capsys.readouterr().out
    call_command("run_due")
    assert capsys.readouterr().out == "Done: always, hourly.\n"


def test_all_apps_register_their_jobs() -> None:
    assert run_due() is not None
    assert set(periodic_jobs.jobs) == {
        "delete_expired_cache_entries", "delete_expired_rate_counters", "delete_expired_sessions",
        "delete_expired_tokens", "delete_notifications", "delete_old_import_files", "delete_old_task_results",
        "delete_unused_cover_hosts", "delete_unused_uploaded_covers", "limit_cover_cache", "read_shops",
        "recover_covers", "recover_imports", "recover_runs", "retry_confirmations", "retry_password_mails",
        "send_notifications",
    }  # fmt: skip
    assert PeriodicJobState.objects.count() == len(periodic_jobs.jobs)


def test_expired_rows_are_deleted() -> None:
    caches["default"].set("kept", 1, 60)
    caches["default"].set("expired", 1, 60)
    CacheEntry.objects.filter(cache_key__contains="expired").update(expires=Now() - timedelta(seconds=1))
    count_attempt("kept", limit=1, seconds=60)
    RateCounter.objects.create(key="expired", attempts=1, expires_at=1)
    SessionStore().create()
    expired = SessionStore()
    expired.set_expiry(-1)
    expired.create()
    user = make_user()
    Token.objects.create(user=user)
    Token.objects.create(user=user, expiry=timedelta(seconds=-1))

    for delete in (
        delete_expired_cache_entries, delete_expired_rate_counters, delete_expired_sessions, delete_expired_tokens,
    ):  # fmt: skip
        delete()

    assert [entry.cache_key.endswith("kept") for entry in CacheEntry.objects.all()] == [True]
    assert list(RateCounter.objects.values_list("key", flat=True)) == ["kept"]
    assert SessionStore.get_model_class().objects.count() == 1
    assert Token.objects.count() == 1
