"""Query parameters of price watches."""

import django_filters

from core.filters import StableOrderingFilter, StrictBooleanFilter, StrictChoiceFilter, WholeNumberFilter
from users.models import PriceWatch, WatchRule


class WatchFilter(django_filters.FilterSet):
    book = WholeNumberFilter(label="Book", min_value=1, max_value=2**63 - 1, help_text="The id of a book.")
    rule = StrictChoiceFilter(choices=WatchRule.choices, help_text="The rule.")
    state = StrictChoiceFilter(choices=PriceWatch.State.choices, help_text="`fired` while the condition is met.")
    is_paused = StrictBooleanFilter(label="Paused", help_text="Whether the watch is paused.")
    ordering = StableOrderingFilter(
        fields={"created_at": "created_at", "fired_at": "fired_at", "book__title_key": "title"}
    )
