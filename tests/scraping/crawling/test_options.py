"""The default options come from the site and the settings."""

from dataclasses import replace
from datetime import timedelta

from pytest_django.fixtures import Settings

from scraping.crawling.options import default_options
from scraping.sites.books_toscrape_com import SITE


def test_settings_apply_to_the_configured_site(settings: Settings) -> None:
    settings.SHOP_URLS, settings.SHOP_DELAYS = {SITE.name: "http://mirror.example/"}, {SITE.name: 7.0}
    settings.SHOP_MAX_AGE = 3
    settings.QUALITY_THRESHOLDS = {**settings.QUALITY_THRESHOLDS, "max_fill_drop": 0.7}

    options = default_options(SITE)

    assert (options.url, options.fetch.delay, options.max_age) == ("http://mirror.example/", 7.0, timedelta(days=3))
    assert options.thresholds.max_fill_drop == 0.7


def test_other_sites_have_their_own_address_and_delay(settings: Settings) -> None:
    settings.SHOP_URLS, settings.SHOP_DELAYS = {SITE.name: "http://mirror.example/"}, {SITE.name: 7.0}
    other_site = replace(SITE, name="other", default_url="https://shop.example/", delay=2.5)

    options = default_options(other_site)

    assert (options.url, options.fetch.delay) == ("https://shop.example/", 2.5)
