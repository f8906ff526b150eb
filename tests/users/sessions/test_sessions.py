"""Sessions name their account and browser, and end one by one or all but one."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session as DjangoSession
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.support.clients import NEW_PASSWORD, PASSWORD, is_signed_in, make_client
from tests.support.factories import make_user
from users.models import Session, User
from users.sessions.endings import end_session

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(hours=1)


def sign_in(agent: str = "Firefox") -> Any:
    client: Any = Client(headers={"User-Agent": agent})
    response = client.post("/sign-in", {"username": "ann@example.org", "password": PASSWORD})
    assert response.status_code == 302
    return client


def test_a_session_names_its_account_and_browser(ann: User) -> None:
    sign_in("Mozilla/5.0\x00\x7f " + "x" * 400)

    session = Session.objects.get()
    assert session.user == ann
    assert session.user_agent.startswith("Mozilla/5.0 xxx")
    assert len(session.user_agent) <= 300


def test_sessions_of_anonymous_visitors_name_no_account() -> None:
    client = Client()
    session = client.session
    session["book"] = 1
    session.save()

    assert Session.objects.get().user is None


def test_use_is_noted_at_most_once_in_five_minutes(ann: User) -> None:
    client = sign_in()
    client.get("/api/users/me", headers={"User-Agent": "New browser"})
    assert Session.objects.get().user_agent == "Firefox"

    Session.objects.update(last_seen_at=timezone.now() - LONG_AGO)
    with CaptureQueriesContext(connection) as late:
        client.get("/api/users/me", headers={"User-Agent": "New browser"})
    with CaptureQueriesContext(connection) as recent:
        client.get("/api/users/me")

    session = Session.objects.get()
    assert session.user_agent == "New browser"
    assert session.last_seen_at > timezone.now() - LONG_AGO
    assert len(late) == len(recent) + 1


def test_requests_without_an_account_read_no_session(ann: User) -> None:
    client = sign_in()
    with CaptureQueriesContext(connection) as captured:
        client.get("/ready")

    assert not [query for query in captured.captured_queries if "users_session" in query["sql"]]


def test_only_open_sessions_of_the_account_are_listed(ann: User) -> None:
    sign_in("Old")
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    sign_in("Firefox")
    Session.objects.filter(user_agent="Firefox").update(last_seen_at=timezone.now() - LONG_AGO)
    sign_in("Chromium")
    Client().force_login(make_user())

    assert [session.user_agent for session in Session.objects.open_of(ann)] == ["Chromium", "Firefox"]


def test_one_session_is_ended(ann: User) -> None:
    ended, other = sign_in("Ended"), sign_in("Other")

    end_session(ann, Session.objects.get(user_agent="Ended").number)

    assert (is_signed_in(ended), is_signed_in(other)) == (False, True)


def test_sessions_of_others_are_not_found(ann: User) -> None:
    client = sign_in()

    for number in (Session.objects.get().number, 0, 10**100):
        with pytest.raises(Http404):
            end_session(make_user(), number)
    assert is_signed_in(client)


@pytest.mark.parametrize("by", ["api", "code"])
def test_a_new_password_deletes_the_sessions(ann: User, by: str) -> None:
    client = sign_in()

    if by == "api":
        make_client(ann).patch("/api/users/me", {"password": NEW_PASSWORD, "current_password": PASSWORD})
    else:
        ann.set_password(NEW_PASSWORD)
        ann.save()

    assert not Session.objects.exists()
    assert not is_signed_in(client)


def test_a_deleted_account_has_no_sessions(ann: User) -> None:
    sign_in()

    ann.delete()

    assert not Session.objects.exists()


def test_sessions_of_earlier_versions_stay_open(ann: User) -> None:
    client = sign_in()
    migration = import_module("users.migrations.0015_move_sessions")
    migration.move_backwards(apps, SimpleNamespace(connection=connection))
    assert (DjangoSession.objects.count(), Session.objects.count()) == (1, 0)

    migration.move_forwards(apps, SimpleNamespace(connection=connection))

    assert not Session.objects.open_of(ann).exists()
    assert is_signed_in(client)
    assert [session.user_agent for session in Session.objects.open_of(ann)] == ["Firefox"]
