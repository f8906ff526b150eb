"""Query parameters of the rows of imports."""

import django_filters

from core.filters import StrictChoiceFilter
from users.models import ImportJobRow


class RowFilter(django_filters.FilterSet):
    outcome = StrictChoiceFilter(choices=ImportJobRow.Outcome.choices, help_text="The outcome of the rows.")
