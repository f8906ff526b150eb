"""Sessions: the database contains no key that a browser could send."""

import pytest
from django.test import Client

from tests.support.factories import make_user
from users.models import Session
from users.sessions.store import SessionStore

pytestmark = pytest.mark.django_db


def test_stored_keys_do_not_sign_in() -> None:
    browser = Client()
    browser.force_login(make_user())
    assert browser.get("/api/users/me").status_code == 200

    session = Session.objects.get()

    assert browser.cookies["sessionid"].value not in str(Session.objects.values().get())
    thief = Client(headers={"Cookie": f"sessionid={session.session_key}"})
    assert thief.get("/api/users/me").status_code == 401


def test_a_session_is_loaded_changed_renewed_and_deleted_by_its_key() -> None:
    session = SessionStore()
    session["book"] = 1
    session.create()
    key = session.session_key
    assert key is not None

    session["book"] = 2
    session.save()
    loaded = SessionStore(key)
    assert (loaded["book"], loaded.exists(key), Session.objects.count()) == (2, True, 1)

    loaded.cycle_key()
    assert loaded.session_key != key
    assert (SessionStore(key).get("book"), SessionStore(loaded.session_key)["book"]) == (None, 2)

    loaded.delete()
    assert not Session.objects.exists()


def test_signing_out_deletes_the_session() -> None:
    browser = Client()
    browser.force_login(make_user())

    browser.post("/sign-out")

    assert not Session.objects.exists()


def test_expired_sessions_are_not_loaded() -> None:
    session = SessionStore()
    session["book"] = 1
    session.set_expiry(-1)
    session.create()

    expired = SessionStore(session.session_key)
    assert expired.get("book") is None
    assert expired.session_key is None
