"""The table of the database cache."""

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
