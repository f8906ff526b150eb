"""Creates the group Curators, and adds the staff accounts that exist: until now, staff needed no permissions in the API.

New staff accounts get permissions from a superuser, for example with this group.
"""

from collections.abc import Iterator
from typing import Any

from django.db import migrations

GROUP = 'Curators'
ALL = ('add', 'change', 'delete', 'view')
PERMISSIONS = {
    ('books', 'book'): ALL,
    ('books', 'author'): ALL,
    ('books', 'category'): ALL,
    ('books', 'authorship'): ALL,
    ('books', 'curatedfield'): ('delete', 'view'),
    ('books', 'priceobservation'): ('view',),
    ('books', 'heldprice'): ('change', 'view'),
    ('scraping', 'scraperun'): ('add', 'change', 'view'),
    ('scraping', 'scrapeproblem'): ('view',),
    ('users', 'user'): ('add', 'view'),
}


def create_group(apps: Any, schema_editor: Any) -> None:
    database = schema_editor.connection.alias
    group, _ = apps.get_model('auth', 'Group').objects.using(database).get_or_create(name=GROUP)
    group.permissions.add(*get_permissions(apps, database))
    staff = apps.get_model('users', 'User').objects.using(database).filter(is_staff=True, is_superuser=False)
    group.user_set.add(*staff)


def get_permissions(apps: Any, database: str) -> Iterator[Any]:
    """Creates missing permissions: Django creates them after all migrations, that is too late in a new database."""
    content_types = apps.get_model('contenttypes', 'ContentType').objects.using(database)
    permissions = apps.get_model('auth', 'Permission').objects.using(database)
    for (app, model), actions in PERMISSIONS.items():
        content_type, _ = content_types.get_or_create(app_label=app, model=model)
        verbose_name = apps.get_model(app, model)._meta.verbose_name
        for action in actions:
            yield permissions.get_or_create(
                content_type=content_type,
                codename=f'{action}_{model}',
                defaults={'name': f'Can {action} {verbose_name}'},
            )[0]


def remove_group(apps: Any, schema_editor: Any) -> None:
    """Takes the permissions away, and deletes the group unless it was given others since."""
    database = schema_editor.connection.alias
    group = apps.get_model('auth', 'Group').objects.using(database).filter(name=GROUP).first()
    if group is None:
        return
    group.permissions.remove(*get_permissions(apps, database))
    if not group.permissions.exists():
        group.delete()


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('books', '0001_squashed_0013'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('scraping', '0001_squashed_0006'),
        ('users', '0006_staff_text'),
    ]

    operations = [
        migrations.RunPython(create_group, remove_group),
    ]
