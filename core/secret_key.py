"""Detects a SECRET_KEY that differs from that of the other hosts.

Hosts with different keys do not accept the sessions and cursors of each other. The database stores a hash of the key of
the first host. SQLite serves one machine, so there is nothing to compare.
"""

from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection

from core.exceptions import Misconfigured
from core.models import SecretKeyHash

ROW = 1
DIFFERENT_KEY = (
    "SECRET_KEY differs from the key of the hosts that share this database. Set the same SECRET_KEY on all hosts "
    "(the generated one is in secret_key in VAR_DIR). If you have changed it on all of them, run: "
    "python manage.py accept_secret_key"
)


def is_common_secret_key() -> bool:
    """Whether the other hosts have the same key. The first call of all hosts stores its hash."""
    if connection.vendor != "postgresql":
        return True
    stored = SecretKeyHash.objects.filter(pk=ROW).first() or _store_first_hash()
    return check_password(settings.SECRET_KEY, stored.value)


def require_common_secret_key() -> None:
    """Raises Misconfigured if the keys differ. A process compares them until they agree."""
    _compare_once()


@cache  # does not remember exceptions
def _compare_once() -> None:
    if not is_common_secret_key():
        raise Misconfigured(DIFFERENT_KEY)


def accept_secret_key() -> None:
    """Makes this host's key the one that all hosts must have."""
    SecretKeyHash.objects.update_or_create(pk=ROW, defaults={"value": make_password(settings.SECRET_KEY)})


def _store_first_hash() -> SecretKeyHash:
    stored, _ = SecretKeyHash.objects.get_or_create(pk=ROW, defaults={"value": make_password(settings.SECRET_KEY)})
    return stored
