"""`python -m tests.security.fuzz`: see the driver."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from tests.security.fuzz.driver import main  # noqa: E402  with Django ready

sys.exit(main())
