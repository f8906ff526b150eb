import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import IntegrityError, transaction

from tests.support.factories import make_user
from users.models import User

pytestmark = pytest.mark.django_db


def test_an_address_is_taken_whatever_its_case() -> None:
    make_user(email="Ann@Example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(email="ann@example.ORG")


@pytest.mark.parametrize("age", [-1, 151])
def test_an_age_is_0_to_150(age: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(age=age)


def test_the_address_signs_in_whatever_its_case() -> None:
    user = make_user(email="ann@example.org", password="correct horse")

    assert authenticate(username="ANN@example.org", password="correct horse") == user
    assert authenticate(username="ann@example.org", password="wrong") is None


def test_without_a_password_nobody_signs_in() -> None:
    assert not make_user().has_usable_password()


def test_createsuperuser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse")

    call_command("createsuperuser", interactive=False, email="boss@example.org", name="Boss", verbosity=0)

    boss = User.objects.get()
    assert (boss.is_staff, boss.is_superuser, boss.age) == (True, True, None)
    assert boss.check_password("correct horse")
