"""Routes of the scrape runs, shops and tracked pages."""

from rest_framework.routers import SimpleRouter

from scraping.api import shop_views, tracked_views, views

router = SimpleRouter(trailing_slash=False)
router.register("scrape-runs", views.ScrapeRunViewSet)
router.register("shops", shop_views.ShopViewSet)
router.register("tracked", tracked_views.TrackedPageViewSet)
