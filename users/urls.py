"""Routes of accounts, signing in, the library and the search."""

from django.db import transaction
from django.urls import path
from rest_framework.routers import SimpleRouter

from core.api.downloads import CsvRenderer
from users.accounts import views
from users.accounts.token_views import TokenViewSet
from users.imports.api.row_views import ImportRowViewSet
from users.imports.api.views import ImportJobViewSet
from users.library.export_views import LibraryExportView
from users.library.new_books import NewBookView
from users.library.search import SearchView
from users.library.views import EarlierLibraryViewSet, LibraryEntryViewSet, ReadingViewSet
from users.notifications.api.settings_views import PreferencesView, PrivateFeedView
from users.notifications.api.views import ChannelViewSet, NotificationViewSet
from users.watches.api.views import WatchViewSet

router = SimpleRouter(trailing_slash=False)
router.register("users", views.UserViewSet)
router.register("tokens", TokenViewSet)
router.register("library", LibraryEntryViewSet)
router.register(r"library/(?P<entry_id>[0-9]{1,100})/readings", ReadingViewSet, basename="reading")
router.register("imports", ImportJobViewSet)
router.register(r"imports/(?P<import_id>[0-9]{1,100})/rows", ImportRowViewSet, basename="import-row")
router.register("watches", WatchViewSet)
router.register("notifications", NotificationViewSet)
router.register("channels", ChannelViewSet)

# Clients of the earlier service use paths at the root.
earlier = SimpleRouter(trailing_slash=False)
earlier.register("users", views.UserViewSet, basename="earlier-user")

sign_in = [
    path("login", views.LoginView.as_view(), name="login"),
    path("logout", views.LogoutView.as_view(), name="logout"),
    path("logout-all", views.LogoutAllView.as_view(), name="logout-all"),
]

library_files = [
    path("library/books", NewBookView.as_view(), name="new-book"),
    path("library/export", LibraryExportView.as_view(), name="library-export"),
    path(
        "imports/<int:pk>/failed.csv",
        ImportJobViewSet.as_view({"get": "failed_rows"}, detail=True, renderer_classes=[CsvRenderer]),
        name="failed-import-rows",
    ),
]

notification_settings = [
    path("notifications/preferences", PreferencesView.as_view(), name="notification-preferences"),
    path("notifications/feed", PrivateFeedView.as_view(), name="private-feed"),
]

# Not in a transaction, because the rollback of a failed search would undo its count for the rate limit.
search = [path("search", transaction.non_atomic_requests(SearchView.as_view()), name="search")]

earlier_library = [
    path("save", EarlierLibraryViewSet.as_view({"post": "create"}), name="earlier-save"),
    path("saved", EarlierLibraryViewSet.as_view({"get": "list"}), name="earlier-saved"),
    path("delete/<int:pk>", EarlierLibraryViewSet.as_view({"delete": "destroy"}, detail=True), name="earlier-delete"),
]
