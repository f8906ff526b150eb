"""`python -m tests.security.fuzz`: see driver.py."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from tests.security.fuzz.driver import main  # noqa: E402  needs Django to be set up

sys.exit(main())
