"""The migration that gives the permissions of staff to the group Curators."""

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connection

from tests.support.factories import CURATOR_PERMISSIONS, make_user
from users.models import User

pytestmark = pytest.mark.django_db
migration = import_module("users.migrations.0007_curators")
shop_migration = import_module("scraping.migrations.0010_shop_permissions")


def run(step: Callable[[Any, Any], None]) -> None:
    step(apps, SimpleNamespace(connection=connection))


@pytest.fixture
def group() -> Group:
    """Created in a database that has no permissions yet, as a new one."""
    Group.objects.all().delete()
    Permission.objects.all().delete()
    make_user(name="clerk", is_staff=True)
    make_user(name="superuser", is_staff=True, is_superuser=True)
    make_user(name="member")
    run(migration.create_group)
    run(shop_migration.add_permissions)
    return Group.objects.get()


def test_staff_join_the_group(group: Group) -> None:
    clerk = User.objects.get(name="clerk")

    assert list(group.user_set.all()) == [clerk]
    assert clerk.get_all_permissions() == set(CURATOR_PERMISSIONS)


def test_the_permissions_are_those_that_django_creates(group: Group) -> None:
    created = set(Permission.objects.values_list("content_type", "codename", "name"))
    for app in ("books", "scraping", "users"):
        create_permissions(apps.get_app_config(app), verbosity=0)

    assert created < set(Permission.objects.values_list("content_type", "codename", "name"))
    assert len(created) == len(CURATOR_PERMISSIONS)


def test_the_step_back_keeps_a_group_with_other_permissions(group: Group) -> None:
    other = Permission.objects.get_or_create(
        codename="delete_user", content_type=Permission.objects.get(codename="view_user").content_type
    )[0]
    group.permissions.add(other)

    run(shop_migration.remove_permissions)
    run(migration.remove_group)
    assert list(group.permissions.all()) == [other]
    group.permissions.clear()
    run(migration.remove_group)
    assert not Group.objects.exists()
    run(migration.remove_group)
