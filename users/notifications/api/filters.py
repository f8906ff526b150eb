"""Query parameters of notifications."""

import django_filters
from django.db.models import QuerySet

from core.filters import StrictBooleanFilter, StrictChoiceFilter
from users.models import Notification


class NotificationFilter(django_filters.FilterSet):
    unread = StrictBooleanFilter(
        label="Unread", method="filter_unread", help_text="`true`: unread notifications only. `false`: read ones only."
    )
    kind = StrictChoiceFilter(choices=Notification.Kind.choices, help_text="The kind of event.")

    def filter_unread(self, rows: QuerySet[Notification], name: str, value: bool | None) -> QuerySet[Notification]:  # noqa: FBT001
        return rows if value is None else rows.filter(read_at__isnull=value)
