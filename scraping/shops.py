"""The shops that are known here, by the name that a request uses."""

from scraping.sites import Site, books_toscrape_com

SHOPS: dict[str, Site] = {site.name: site for site in (books_toscrape_com.SITE,)}
