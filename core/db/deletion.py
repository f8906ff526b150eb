"""Deletes rows that other transactions lock or refer to."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet


@transaction.atomic
def delete_in_order(rows: QuerySet[Any]) -> None:
    """Locks the rows in the order of their ids, and then deletes them with the rows that refer to them.

    Without the locks, a row that another transaction adds after Django has collected those that refer to the deleted
    ones would make the deletion fail.
    """
    list(rows.select_for_update().order_by("pk").values_list("pk"))
    rows.delete()
