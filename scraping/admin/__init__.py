from scraping.admin.pages import ShopPageAdmin
from scraping.admin.runs import ScrapeRunAdmin
from scraping.admin.shops import ShopAdmin

__all__ = ["ScrapeRunAdmin", "ShopAdmin", "ShopPageAdmin"]
