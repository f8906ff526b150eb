"""The installed apps, for transactional tests: naming them makes pytest-django truncate all tables together."""

from django.apps import apps

ALL_APPS = [config.name for config in apps.get_app_configs()]  # the setting can name configurations instead of apps
