from scraping.models.crawled_page import ListingState, PageState
from scraping.models.page_list import PageList
from scraping.models.run import ScrapeProblem, ScrapeRun
from scraping.models.shop import Shop
from scraping.models.shop_page import ShopPage, TrackedPage

__all__ = [
    "ListingState",
    "PageList",
    "PageState",
    "ScrapeProblem",
    "ScrapeRun",
    "Shop",
    "ShopPage",
    "TrackedPage",
]
