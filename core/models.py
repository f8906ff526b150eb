"""What the project itself keeps."""

from django.db import models


class CacheEntry(models.Model):
    """The table of Django's database cache (CACHE_URL unset), here so that migrations make it on every installation."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cache"

    def __str__(self) -> str:
        return self.cache_key
