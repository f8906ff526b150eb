"""Periodic jobs that delete expired rows."""

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.db.models.functions import Now

from core.db.clock import read_time
from core.models import CacheEntry, RateCounter
from core.periodic_jobs import periodic


@periodic(every=timedelta(days=1))
def delete_expired_sessions() -> None:
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@periodic(every=timedelta(hours=1))
def delete_expired_cache_entries() -> None:
    """For the cache in the database. Redis deletes its own entries."""
    CacheEntry.objects.filter(expires__lt=Now()).delete()


@periodic(every=timedelta(days=1))
def delete_expired_rate_counters() -> None:
    RateCounter.objects.filter(expires_at__lt=read_time()).delete()
