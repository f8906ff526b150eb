"""Query parameters of the list of scrape runs."""

import django_filters

from books.filters import SourceFilter
from core.filters import StrictChoiceFilter
from scraping.models import ScrapeRun


class ScrapeRunFilter(django_filters.FilterSet):
    site = SourceFilter(help_text="The name of a site, which is the source of its books.")
    state = StrictChoiceFilter(choices=ScrapeRun.State.choices, help_text="The state of the run.")
    trigger = StrictChoiceFilter(choices=ScrapeRun.Trigger.choices, help_text="What started the run.")
