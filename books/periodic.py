"""Periodic jobs of the catalogue: recovery and limits of the covers."""

from datetime import timedelta

from books.covers import cache_limit, host_rate, tasks, uploads
from core.periodic_jobs import ALWAYS, periodic


class ImagesNotDeleted(Exception):
    """Makes `run_due` report the job as failed. The reasons are in the log."""


def require_deleted(failures: int) -> None:
    """Raises ImagesNotDeleted if the storage kept images that no row refers to any more."""
    if failures:
        raise ImagesNotDeleted(f"covers whose images the storage did not delete: {failures}; the log has the reasons")


@periodic(every=ALWAYS)
def recover_covers() -> None:
    tasks.recover_covers()


@periodic(every=timedelta(hours=1))
def limit_cover_cache() -> None:
    """After a smaller COVER_CACHE_MB. The task that stores a cover keeps to the limit itself."""
    require_deleted(cache_limit.limit_cache())


@periodic(every=timedelta(days=1))
def delete_unused_uploaded_covers() -> None:
    require_deleted(uploads.delete_unused_uploads())


@periodic(every=timedelta(days=1))
def delete_unused_cover_hosts() -> None:
    host_rate.delete_unused_hosts()
