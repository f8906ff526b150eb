"""Tables of mechanisms that all apps use."""

from django.db import models


class CacheEntry(models.Model):
    """Django's database cache (CACHE_URL unset), as a model so that `migrate` creates the table."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cache"

    def __str__(self) -> str:
        return self.cache_key


class RateCounter(models.Model):
    """The attempts of an identity in its current window. core.db.rate_counters writes it."""

    key = models.CharField(max_length=255, primary_key=True)
    attempts = models.PositiveIntegerField()
    expires_at = models.FloatField(db_index=True, help_text="Seconds since 1970, on the clock of the database.")

    class Meta:
        db_table = "rate_counter"

    def __str__(self) -> str:
        return self.key


class PeriodicJobState(models.Model):
    """The last success of a periodic job (core.periodic_jobs)."""

    name = models.CharField(max_length=100, primary_key=True)
    succeeded_at = models.DateTimeField(help_text="On the clock of the database.")

    class Meta:
        db_table = "periodic_job"

    def __str__(self) -> str:
        return self.name


class SecretKeyHash(models.Model):
    """One row: the hash of the SECRET_KEY that all hosts must have (core.secret_key)."""

    value = models.CharField(max_length=255)

    class Meta:
        db_table = "secret_key_hash"

    def __str__(self) -> str:
        return "hash of the SECRET_KEY"
