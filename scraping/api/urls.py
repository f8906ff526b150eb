"""Routes of the scrape runs."""

from rest_framework.routers import SimpleRouter

from scraping.api import views

router = SimpleRouter(trailing_slash=False)
router.register("scrape-runs", views.ScrapeRunViewSet)
