"""The limits of staff accounts in the admin: accounts, groups and permissions."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from tests.support.factories import make_curator, make_user
from users.models import User

pytestmark = pytest.mark.django_db
PERSON = {"email": "new@example.org", "name": "New", "password": "correct horse battery"}


def test_curators_do_not_see_password_hashes() -> None:
    member, client = make_user(password=PERSON["password"]), Client()
    client.force_login(make_curator())

    page = client.get(f"/admin/users/user/{member.pk}/change/")

    assert page.status_code == 200
    assert member.password.encode() not in page.content
    assert member.password.split("$")[-1].encode() not in page.content


@pytest.fixture
def user_manager() -> Client:
    """A staff account with all permissions on users that is not a superuser."""
    user = make_user(is_staff=True)
    permissions = Permission.objects.filter(content_type__app_label="users", content_type__model="user")
    user.user_permissions.set(permissions)
    client = Client()
    client.force_login(user)
    return client


def test_user_managers_cannot_make_themselves_superusers(user_manager: Client) -> None:
    user = User.objects.get(pk=user_manager.session["_auth_user_id"])
    form = {"email": user.email, "name": "Renamed", "is_active": "on", "is_superuser": "on"}

    response = user_manager.post(f"/admin/users/user/{user.pk}/change/", form)

    assert response.status_code == 302
    user.refresh_from_db()
    assert (user.name, user.is_superuser, user.user_permissions.count()) == ("Renamed", False, 4)


@pytest.mark.parametrize("page", ["change/", "password/", "delete/"])
def test_user_managers_cannot_change_other_staff(user_manager: Client, page: str) -> None:
    superuser = make_user(is_staff=True, is_superuser=True, password="battery staple horse")
    form = {"password1": PERSON["password"], "password2": PERSON["password"], "post": "yes", **PERSON}

    response = user_manager.post(f"/admin/users/user/{superuser.pk}/{page}", form)

    assert response.status_code == 403
    superuser.refresh_from_db()
    assert superuser.check_password("battery staple horse")


def test_staff_cannot_give_permissions_to_a_group() -> None:
    user, group = make_user(is_staff=True), Group.objects.create(name="clerks")
    user.user_permissions.set(Permission.objects.filter(codename__endswith="_group"))
    user.groups.add(group)
    client = Client()
    client.force_login(user)

    response = client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "clerks", "permissions": [1, 2, 3]})

    assert response.status_code == 403
    assert not group.permissions.exists()
