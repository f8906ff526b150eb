"""Gives the group Curators the permissions for shops and their pages."""

from typing import Any

from django.db import migrations

GROUP = 'Curators'
PERMISSIONS = {'shop': ('add', 'change', 'view'), 'shoppage': ('view',)}


def add_permissions(apps: Any, schema_editor: Any) -> None:
    """Creates missing permissions: Django creates them after all migrations, that is too late in a new database."""
    database = schema_editor.connection.alias
    group = apps.get_model('auth', 'Group').objects.using(database).filter(name=GROUP).first()
    if group is None:
        return
    content_types = apps.get_model('contenttypes', 'ContentType').objects.using(database)
    permissions = apps.get_model('auth', 'Permission').objects.using(database)
    for model, actions in PERMISSIONS.items():
        content_type, _ = content_types.get_or_create(app_label='scraping', model=model)
        for action in actions:
            name = {'name': f'Can {action} {"shop page" if model == "shoppage" else model}'}
            permission, _ = permissions.get_or_create(
                content_type=content_type, codename=f'{action}_{model}', defaults=name
            )
            group.permissions.add(permission)


def remove_permissions(apps: Any, schema_editor: Any) -> None:
    database = schema_editor.connection.alias
    permissions = apps.get_model('auth', 'Permission').objects.using(database)
    for group in apps.get_model('auth', 'Group').objects.using(database).filter(name=GROUP):
        for model, actions in PERMISSIONS.items():
            codenames = [f'{action}_{model}' for action in actions]
            group.permissions.remove(*permissions.filter(content_type__app_label='scraping', codename__in=codenames))


class Migration(migrations.Migration):

    dependencies = [
        ('scraping', '0009_page_lists'),
        ('users', '0007_curators'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [migrations.RunPython(add_permissions, remove_permissions)]
