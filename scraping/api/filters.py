"""Query parameters of the list of scrape runs."""

import django_filters

from scraping.models import ScrapeRun
from scraping.sites.registry import SITES


class ScrapeRunFilter(django_filters.FilterSet):
    site = django_filters.ChoiceFilter(choices=[(name, name) for name in SITES])
    state = django_filters.ChoiceFilter(choices=ScrapeRun.State.choices)
    trigger = django_filters.ChoiceFilter(choices=ScrapeRun.Trigger.choices)
