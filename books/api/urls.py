"""Routes of the catalogue's API."""

from typing import Any

from django.urls import path, re_path
from rest_framework.routers import SimpleRouter

from books.api import cover_views, offer_views, views
from books.api.export_views import BookExportView, PriceExportView

router = SimpleRouter(trailing_slash=False)
router.register("books", views.BookViewSet)
router.register("books/(?P<book_id>[0-9]{1,100})/prices", views.PriceViewSet, basename="price")
router.register("books/(?P<book_id>[0-9]{1,100})/offers", offer_views.OfferViewSet, basename="offer")
router.register("price-changes", views.PriceChangeViewSet, basename="price-change")
router.register("authors", views.AuthorViewSet)
router.register("categories", views.CategoryViewSet)

cover_actions: Any = {"put": "update", "delete": "destroy"}
covers = [
    re_path(
        "^books/(?P<book_id>[0-9]{1,100})/cover$", cover_views.CoverViewSet.as_view(cover_actions), name="book-cover"
    )
]

# Clients of the earlier service use paths at the root.
earlier = SimpleRouter(trailing_slash=False)
earlier.register("books", views.BookViewSet, basename="earlier-book")
earlier.register("books/(?P<book_id>[0-9]{1,100})/prices", views.PriceViewSet, basename="earlier-price")

exports = [
    path("books/export", BookExportView.as_view(), name="book-export"),
    path("prices/export", PriceExportView.as_view(), name="price-export"),
]
earlier_exports = [path("books/export", BookExportView.as_view(), name="earlier-book-export")]
