"""Apps of other packages, with names that curators understand in the menus of the admin."""

from django.contrib.auth.apps import AuthConfig
from django_tasks_db.apps import TasksAppConfig


class PermissionsConfig(AuthConfig):
    verbose_name = "Permissions"


class BackgroundTasksConfig(TasksAppConfig):
    verbose_name = "System tasks"
