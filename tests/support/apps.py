"""The installed apps, for transactional tests: naming them makes pytest-django truncate all tables together.

Such a test starts with the content types and permissions of all apps and leaves none. Other transactional tests must
not need permissions.
"""

from django.apps import apps

ALL_APPS = [config.name for config in apps.get_app_configs()]  # the setting can name configurations instead of apps
