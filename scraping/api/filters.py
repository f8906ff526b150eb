"""Query parameters of the list of scrape runs."""

import django_filters

from books.filters import SourceFilter
from scraping.models import ScrapeRun


class ScrapeRunFilter(django_filters.FilterSet):
    site = SourceFilter(help_text="The name of a site, which is the source of its books.")
    state = django_filters.ChoiceFilter(choices=ScrapeRun.State.choices)
    trigger = django_filters.ChoiceFilter(choices=ScrapeRun.Trigger.choices)
