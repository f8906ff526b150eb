"""What ends tokens and sessions: logouts, changed and removed passwords, time, and deactivation."""

from datetime import timedelta

import pytest
from django.contrib.auth import hashers
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIClient

from tests.support.clients import NEW_PASSWORD, PASSWORD, is_signed_in, login, make_client
from tests.support.factories import make_user
from users.accounts.tokens import create_token
from users.models import Token, User

pytestmark = pytest.mark.django_db


def test_a_logout_ends_its_token_only(ann: User) -> None:
    first, second = make_client(ann), make_client(ann)

    assert first.post("/api/auth/logout").status_code == 204
    assert (is_signed_in(first), is_signed_in(second)) == (False, True)


def test_logout_all_ends_all_tokens_of_the_user(ann: User) -> None:
    first, second, other = make_client(ann), make_client(ann), make_client(make_user())

    assert first.post("/api/auth/logout-all").status_code == 204
    assert (is_signed_in(first), is_signed_in(second), is_signed_in(other)) == (False, False, True)


@pytest.mark.parametrize("by", ["token", "session"])
def test_logout_all_ends_all_sessions_of_the_user(ann: User, by: str) -> None:
    browsers, other = [APIClient(), APIClient()], APIClient()
    for browser, user in [(browsers[0], ann), (browsers[1], ann), (other, make_user())]:
        browser.force_login(user)
    caller = make_client(ann) if by == "token" else browsers[0]

    assert caller.post("/api/auth/logout-all").status_code == 204
    assert [is_signed_in(browser) for browser in browsers] == [False, False]
    assert (is_signed_in(caller), is_signed_in(other)) == (False, True)

    ann.refresh_from_db()
    browsers[0].force_login(ann)
    assert is_signed_in(browsers[0])


@pytest.mark.parametrize("path", ["/api/auth/logout", "/api/auth/logout-all"])
def test_a_logout_ends_the_session(ann: User, path: str) -> None:
    browser = APIClient()
    browser.force_login(ann)
    assert is_signed_in(browser)

    assert browser.post(path).status_code == 204
    assert not is_signed_in(browser)


@pytest.mark.parametrize("by", ["api", "admin", "code"])
def test_a_new_password_ends_all_tokens(ann: User, by: str, staff_client: APIClient) -> None:
    first, second = make_client(ann), make_client(ann)

    if by == "api":
        first.patch("/api/users/me", {"password": NEW_PASSWORD, "current_password": PASSWORD})
    elif by == "admin":
        new_password = NEW_PASSWORD.replace(" ", "+")
        form = f"password1={new_password}&password2={new_password}&usable_password=true"
        kind = "application/x-www-form-urlencoded"
        staff_client.generic("POST", f"/admin/users/user/{ann.pk}/password/", form, content_type=kind)
    else:
        ann.set_password(NEW_PASSWORD)
        ann.save()

    ann.refresh_from_db()
    assert ann.check_password(NEW_PASSWORD)
    assert (is_signed_in(first), is_signed_in(second)) == (False, False)


@pytest.mark.parametrize("by", ["admin", "unusable", "hash"])
def test_a_removed_password_ends_all_tokens_and_sessions(ann: User, by: str, staff_client: APIClient) -> None:
    program, browser = make_client(ann), APIClient()
    browser.force_login(ann)

    if by == "admin":
        kind = "application/x-www-form-urlencoded"
        form = "usable_password=false&unset-password=1"
        staff_client.generic("POST", f"/admin/users/user/{ann.pk}/password/", form, content_type=kind)
    elif by == "unusable":
        ann.set_unusable_password()
        ann.save(update_fields=["password"])
    else:
        ann.password = hashers.make_password(None)
        ann.save()

    ann.refresh_from_db()
    assert not ann.has_usable_password()
    assert (is_signed_in(program), is_signed_in(browser)) == (False, False)


def test_an_upgraded_hash_ends_no_token(client: APIClient, ann: User) -> None:
    User.objects.update(password=hashers.make_password(PASSWORD, hasher="pbkdf2_sha256"))
    program = make_client(ann)

    assert login(client).status_code == 200

    ann.refresh_from_db()
    assert ann.password.startswith("argon2$")
    assert ann.check_password(PASSWORD)
    assert is_signed_in(program)


def test_other_changes_of_the_account_end_no_token(ann: User, ann_client: APIClient) -> None:
    ann.name = "Anna"
    ann.save()

    assert is_signed_in(ann_client)


def test_a_password_change_during_the_login_prevents_the_token(ann: User) -> None:
    authenticated = User.objects.get()
    ann.set_unusable_password()
    ann.save()

    with pytest.raises(AuthenticationFailed):
        create_token(authenticated)
    assert not Token.objects.exists()


def test_a_login_ends_no_other_token(client: APIClient, ann_client: APIClient) -> None:
    login(client)

    assert is_signed_in(ann_client)


def test_expired_tokens_are_rejected(ann_client: APIClient) -> None:
    Token.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    assert not is_signed_in(ann_client)


def test_tokens_of_deactivated_accounts_are_rejected(ann_client: APIClient) -> None:
    User.objects.update(is_active=False)

    assert not is_signed_in(ann_client)
