"""Mails that the mail server does not accept at once: repeated attempts, and none after the mail was accepted."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models.functions import Now
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from tests.fakes.mail.server import MailServer, receiving_mail
from tests.scraping.runs.test_worker import start_worker, wait_until
from tests.support.apps import ALL_APPS
from tests.support.installation import Installation
from tests.support.redis_server import IS_INSTALLED, run_redis_server
from tests.support.service_process import free_port
from tests.users.accounts.password_requests import PAGE, ask, run_tasks
from users.accounts.password_mails import MAX_AGE, PAUSES, request_password_mail, retry_mails, send_password_mail
from users.models import PasswordMail, User

pytestmark = pytest.mark.django_db


def run_due_retries() -> list[Any]:
    """Runs the periodic job, and a worker on the tasks it enqueues. Returns the outcomes."""
    retry_mails()
    return run_tasks()


def wait_for_pause(number: int) -> None:
    """Moves the next attempt to the time after a pause that has just ended."""
    due = PasswordMail.objects.filter(next_attempt_at__lte=Now() + PAUSES[number], next_attempt_at__gt=Now())
    assert due.update(next_attempt_at=Now()) == 1


@pytest.mark.usefixtures("ann")
def test_a_mail_is_sent_once_the_mail_server_accepts_connections(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(free_port())
    ask()
    assert run_tasks() == ["postponed"]
    assert run_due_retries() == []

    with receiving_mail(settings.EMAIL_PORT) as server:
        wait_for_pause(0)
        assert run_due_retries() == ["sent"]

        assert server.mails.get(timeout=30)["To"] == "ann@example.org"
        assert server.mails.empty()
    assert not PasswordMail.objects.exists()
    assert run_due_retries() == []


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "."])
def test_a_temporary_refusal_is_retried(
    ann: User, mail_server: MailServer, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    mail_server.replies = {command: "451 greylisted"}
    ask()
    assert run_tasks() == ["postponed"]
    assert f"The mail to account {ann.pk} was not sent and is tried again: SMTP" in caplog.text
    assert ann.email not in caplog.text

    mail_server.replies = {}
    wait_for_pause(0)
    assert run_due_retries() == ["sent"]

    mail_server.mails.get(timeout=30)
    assert mail_server.mails.empty()


@pytest.mark.parametrize(
    ("command", "reply", "accepted"),
    [("MAIL", "550 no", 0), ("RCPT", "550 no such mailbox", 0), (".", "554 spam", 0), (".", "", 1)],
)
def test_a_refused_or_possibly_accepted_mail_is_not_repeated(
    ann: User, mail_server: MailServer, caplog: pytest.LogCaptureFixture, command: str, reply: str, accepted: int
) -> None:
    """Without a reply to the message the client cannot know whether the server accepted it."""
    mail_server.replies = {command: reply}
    ask()

    assert run_tasks() == ["failed"]

    assert mail_server.mails.qsize() == accepted
    assert not PasswordMail.objects.exists()
    assert f"The mail to account {ann.pk} could not be sent: SMTP" in caplog.text
    assert ann.email not in caplog.text


@pytest.mark.usefixtures("ann")
def test_a_mail_is_sent_although_the_server_does_not_answer_the_end_of_the_session(mail_server: MailServer) -> None:
    mail_server.replies = {"QUIT": "451 busy"}
    ask()

    assert run_tasks() == ["sent"]


@pytest.mark.usefixtures("ann")
def test_attempts_end_after_an_hour(mail_server: MailServer) -> None:
    mail_server.replies = {"RCPT": "450 busy"}
    ask()
    outcomes = run_tasks()
    for number in range(len(PAUSES)):
        wait_for_pause(number)
        outcomes += run_due_retries()

    assert outcomes == ["postponed"] * len(PAUSES) + ["failed"]
    assert not PasswordMail.objects.exists()
    assert timedelta(minutes=45) < sum(PAUSES, timedelta(0)) < MAX_AGE


@pytest.mark.parametrize("next_attempt_at", [None, Now()])
def test_an_old_mail_is_deleted_and_not_sent(ann: User, mail_server: MailServer, next_attempt_at: Any) -> None:
    ask()
    mail = PasswordMail.objects.get()
    PasswordMail.objects.update(requested_at=Now() - MAX_AGE, next_attempt_at=next_attempt_at)

    assert send_password_mail.func(mail.pk) == "not due"
    retry_mails()

    assert not PasswordMail.objects.exists()
    assert mail_server.mails.empty()


@pytest.mark.usefixtures("ann")
def test_the_database_contains_no_token(mail_server: MailServer) -> None:
    mail_server.replies = {".": "451 later"}
    ask()
    run_tasks()
    retry_mails()
    stored = str([*PasswordMail.objects.values(), *DBTaskResult.objects.values()])
    mail_server.replies = {}
    wait_for_pause(0)
    run_due_retries()

    ((identity, token),) = re.findall(r"new-password/(\S+)\?token=(\S+)", mail_server.mails.get().get_content())
    assert PAGE in stored
    assert token not in stored
    assert f"/{identity}" not in stored


@pytest.mark.usefixtures("ann")
def test_a_mail_with_a_lost_task_is_enqueued_once(mail_server: MailServer) -> None:
    ask()
    retry_mails()
    assert DBTaskResult.objects.count() == 1  # the task of the request is waiting
    DBTaskResult.objects.all().delete()

    retry_mails()
    retry_mails()

    assert run_tasks() == ["sent"]


@pytest.mark.usefixtures("ann")
def test_a_mail_is_not_repeated_after_the_death_of_its_worker(mail_server: MailServer) -> None:
    """The worker may have died after the mail server accepted the mail."""
    ask()
    PasswordMail.objects.update(next_attempt_at=None, attempts=1)

    assert run_tasks() == ["not due"]
    assert run_due_retries() == []


@pytest.mark.usefixtures("ann")
def test_a_request_is_kept_while_the_queue_is_unavailable(mail_server: MailServer, settings: Settings) -> None:
    database = settings.TASKS
    settings.RQ_QUEUES = {"default": {"URL": "redis://127.0.0.1:1/0"}}
    settings.TASKS = {"default": {"BACKEND": "core.redis_queue.Backend"}}
    assert ask().status_code == 302

    settings.TASKS = database
    assert run_due_retries() == ["sent"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="The test database of SQLite is in memory and does not wait.")
@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_simultaneous_workers_send_a_mail_once(ann: User, mail_server: MailServer) -> None:
    request_password_mail(ann.email, page=PAGE)
    pk, barrier = PasswordMail.objects.get().pk, Barrier(8)

    def work(_: int) -> str:
        barrier.wait()
        try:
            return str(send_password_mail.func(pk))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        outcomes = sorted(threads.map(work, range(8)))

    assert outcomes == ["not due"] * 7 + ["sent"]
    assert mail_server.mails.qsize() == 1


@pytest.mark.skipif(not IS_INSTALLED, reason="redis-server is not installed")
def test_workers_of_redis_retry_a_mail(installation: Installation, tmp_path: Path) -> None:
    """A worker process. The mail server refuses the first attempt."""
    with receiving_mail() as server, run_redis_server(free_port(), tmp_path) as queue:
        environment = {"TASKS_BACKEND": "rq", "QUEUE_URL": queue, "EMAIL_URL": server.url}
        installed = Installation({**installation.environment, **environment}, installation.database)
        server.replies = {"RCPT": "450 busy"}
        run_in_shell(
            installed,
            "from users.models import User; User.objects.create_user('ann@example.org', name='Ann', age=30)\n"
            f"from users.accounts.password_mails import *; request_password_mail('ann@example.org', page='{PAGE}')",
        )
        with start_worker(installed):
            wait_until(lambda: read_mails(installed, "next_attempt_at IS NOT NULL AND attempts = 1"))
            server.replies = {}
            run_in_shell(
                installed,
                "from users.models import PasswordMail; from django.db.models.functions import Now\n"
                "PasswordMail.objects.update(next_attempt_at=Now())\n"
                "from users.accounts.password_mails import retry_mails; retry_mails()",
            )
            wait_until(lambda: not read_mails(installed, "1 = 1"))

        assert server.mails.qsize() == 1


def run_in_shell(installation: Installation, code: str) -> None:
    finished = installation.manage("shell", "--verbosity", "0", "--command", code)
    assert finished.returncode == 0, finished.stderr


def read_mails(installation: Installation, condition: str) -> list[Any]:
    return installation.query(f"SELECT id FROM users_passwordmail WHERE {condition}")
