"""Changing one's own record while others change it too."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIClient

from tests.support.clients import PASSWORD, signed_in
from tests.support.factories import make_user
from users.accounts.serializers import MyselfSerializer
from users.models import User

pytestmark = pytest.mark.django_db
NEW = "another horse battery"


@pytest.fixture
def ann() -> User:
    return make_user(email="ann@example.org", name="Ann", age=30, password=PASSWORD)


def ready(user: User, **sent: Any) -> MyselfSerializer:
    """A change whose sender was let in, and that is not written yet."""
    serializer = MyselfSerializer(User.objects.get(pk=user.pk), sent, partial=True)
    serializer.is_valid(raise_exception=True)
    return serializer


def test_a_deleted_account_does_not_come_back(ann: User) -> None:
    change = ready(ann, name="Back")
    ann.delete()

    with pytest.raises(AuthenticationFailed):
        change.save()
    assert not User.objects.exists()


def test_a_closed_account_stays_closed(ann: User) -> None:
    change = ready(ann, name="Open")
    User.objects.update(is_active=False)

    with pytest.raises(AuthenticationFailed):
        change.save()
    assert not User.objects.get().is_active


def test_what_was_not_sent_is_not_written(ann: User) -> None:
    change = ready(ann, name="Anna")
    User.objects.update(age=31, is_staff=True)

    change.save()

    ann.refresh_from_db()
    assert (ann.name, ann.age, ann.is_staff) == ("Anna", 31, True)


def test_a_password_that_changed_meanwhile_ends_the_change(ann: User) -> None:
    change = ready(ann, password=NEW, current_password=PASSWORD)
    ann.set_password("the thief was faster")
    ann.save()

    with pytest.raises(AuthenticationFailed):
        change.save()
    assert User.objects.get().check_password("the thief was faster")


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_a_stolen_token_cannot_guess_the_password_for_long(ann: User, settings: Settings, method: str) -> None:
    settings.LOGINS_PER_ACCOUNT = "3/minute"
    client: APIClient = signed_in(ann)
    bodies = {"patch": {"password": NEW, "current_password": "guess"}, "delete": {"password": "guess"}}

    statuses = [getattr(client, method)("/api/users/me", bodies[method]).status_code for _ in range(4)]

    assert statuses == [422, 422, 422, 429]
