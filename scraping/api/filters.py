"""Query parameters of the list of scrape runs."""

import django_filters
from django.conf import settings

from scraping.models import ScrapeRun


class ScrapeRunFilter(django_filters.FilterSet):
    site = django_filters.ChoiceFilter(choices=[(name, name) for name in settings.SITES])
    state = django_filters.ChoiceFilter(choices=ScrapeRun.State.choices)
    trigger = django_filters.ChoiceFilter(choices=ScrapeRun.Trigger.choices)
