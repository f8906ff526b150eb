"""Updates of single rows that other requests may delete."""

from collections.abc import Collection

from django.db import DatabaseError
from django.db.models import Model
from django.http import Http404


def update_row(row: Model, fields: Collection[str] | None = None) -> None:
    """Saves these fields, or all. Raises Http404 if the row was deleted since it was loaded.

    `save()` alone would insert the row again.
    """
    try:
        row.save(force_update=fields is None, update_fields=fields)
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # errors of the database are subclasses
            raise
        raise Http404(f"No {row._meta.object_name} matches the given query.") from error
