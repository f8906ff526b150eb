"""Users as the database and Django's own commands treat them."""

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from tests.support.clients import PASSWORD
from tests.support.factories import make_user
from users.models import User

pytestmark = pytest.mark.django_db


def test_emails_are_unique_in_any_case() -> None:
    make_user(email="Ann@Example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(email="ann@example.ORG")


def test_a_saved_change_of_the_email_changes_its_key(ann: User) -> None:
    ann.email = "New@Example.org"
    ann.save(update_fields=["email"])
    User.objects.bulk_create([User(email="Bulk@Example.org", name="Bulk")])

    assert User.objects.get_by_natural_key("new@example.org") == ann
    assert User.objects.get_by_natural_key("bulk@example.org").name == "Bulk"


@pytest.mark.parametrize("age", [-1, 151])
def test_ages_outside_0_to_150_are_rejected(age: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(age=age)


def test_the_email_signs_in_in_any_case(ann: User) -> None:
    assert authenticate(username="ANN@example.org", password=PASSWORD) == ann
    assert authenticate(username="ann@example.org", password="wrong") is None


def test_createsuperuser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", interactive=False, email="boss@example.org", name="Boss", verbosity=0)

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.age) == (True, True, None)
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("email", ["BOSS@example.org", "boſs@example.org", "boss@ｅxample.org"])
def test_createsuperuser_rejects_an_email_in_use(monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    make_user(email="boss@example.org")

    with pytest.raises(CommandError):
        call_command("createsuperuser", interactive=False, email=email, name="Boss", verbosity=0)
    assert User.objects.count() == 1
