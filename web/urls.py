"""Routes of the pages for readers."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from web.views.account_access import (
    OtherSessionsEndView,
    SessionEndView,
    SessionsView,
    TokenRevocationView,
    TokensView,
)
from web.views.account_settings import AccountView, ArchiveView, DeletionView, EmailView, PasswordView
from web.views.accounts import RegisterView, SignInView
from web.views.add_book import AddBookView
from web.views.book import BookPageView, PriceReportView
from web.views.book_lists import AuthorPageView, CategoryPageView
from web.views.catalogue import CatalogueView, FacetsView, remember_layout
from web.views.entry import EditionView, NotesView, ReadingRemovalView, ReadingView
from web.views.entry_controls import EntryChangeView, EntryRemovalView
from web.views.entry_details import DetailsView, ReviewView
from web.views.feeds import NewBooksFeedView, PriceChangesFeedView
from web.views.home import CrawlProgressView
from web.views.imports.job import ImportView
from web.views.imports.row_search import RowSearchView
from web.views.imports.rows import AcceptView, CorrectView, FailedRowsView, KeepView
from web.views.imports.steps import AnswersView, CancelView, ColumnsView, FormatView, RetryView, StartView, UndoView
from web.views.imports.upload import ImportsView
from web.views.library import LibraryView
from web.views.library_changes import LibraryChangeView, LibraryUndoView
from web.views.notification_settings import (
    ChannelAddView,
    ChannelDeletionView,
    ChannelView,
    FeedSecretView,
    NotificationSettingsView,
)
from web.views.notifications import (
    ConfirmView,
    FeedView,
    NotificationsReadView,
    NotificationsView,
    UnsubscribeView,
)
from web.views.passwords import ForgottenPasswordSentView, ForgottenPasswordView, NewPasswordView
from web.views.price_changes import PriceChangesView
from web.views.reading_year import ReadingYearView
from web.views.runs import RunCancelView, RunListView, RunStartView, RunView
from web.views.saving import SaveView
from web.views.search import FindView, OpenLibraryView
from web.views.site_files import manifest, robots
from web.views.statistics import StatisticsView
from web.views.tracked_pages import StopTrackingView, TrackedPagesView
from web.views.watches import (
    NewWatchView,
    WatchesView,
    WatchPauseView,
    WatchRemovalView,
    WatchUndoView,
    WatchView,
)

app_name = "web"
urlpatterns = [
    path("catalogue", CatalogueView.as_view(), name="catalogue"),
    path("catalogue/facets", FacetsView.as_view(), name="catalogue-facets"),
    path("catalogue/as/<str:layout>", remember_layout, name="catalogue-view"),
    path("price-changes", PriceChangesView.as_view(), name="price-changes"),
    path("crawl", CrawlProgressView.as_view(), name="crawl"),
    path("library", LibraryView.as_view(), name="library"),
    path("library/as/<str:layout>", remember_layout, {"page": "web:library"}, name="library-view"),
    path("library/change", LibraryChangeView.as_view(), name="library-change"),
    path("library/undo", LibraryUndoView.as_view(), name="library-undo"),
    path("find", FindView.as_view(), name="find"),
    path("find/open-library", OpenLibraryView.as_view(), name="find-open-library"),
    path("find/save", SaveView.as_view(), name="find-save"),
    path("book/add", AddBookView.as_view(), name="add-book"),
    path("book/<int:pk>", BookPageView.as_view(), name="book"),
    path("book/<int:pk>/price-report", PriceReportView.as_view(), name="price-report"),
    path("book/<int:pk>/library", EntryChangeView.as_view(), name="entry"),
    path("book/<int:pk>/library/remove", EntryRemovalView.as_view(), name="entry-remove"),
    path("book/<int:pk>/library/notes", NotesView.as_view(), name="entry-notes"),
    path("book/<int:pk>/library/review", ReviewView.as_view(), name="entry-review"),
    path("book/<int:pk>/library/details", DetailsView.as_view(), name="entry-details"),
    path("book/<int:pk>/library/edition", EditionView.as_view(), name="entry-edition"),
    path("book/<int:pk>/library/readings", ReadingView.as_view(), name="readings"),
    path("book/<int:pk>/library/readings/<int:reading>", ReadingView.as_view(), name="reading"),
    path("book/<int:pk>/library/readings/<int:reading>/remove", ReadingRemovalView.as_view(), name="reading-remove"),
    path("book/<int:pk>/watches/new", NewWatchView.as_view(), name="new-watch"),
    path("book/<int:pk>/<slug:slug>", BookPageView.as_view(), name="book"),
    path("watches", WatchesView.as_view(), name="watches"),
    path("watches/undo", WatchUndoView.as_view(), name="watch-undo"),
    path("watches/<int:pk>", WatchView.as_view(), name="watch"),
    path("watches/<int:pk>/pause", WatchPauseView.as_view(), name="watch-pause"),
    path("watches/<int:pk>/remove", WatchRemovalView.as_view(), name="watch-remove"),
    path("author/<int:pk>", AuthorPageView.as_view(), name="author"),
    path("author/<int:pk>/<slug:slug>", AuthorPageView.as_view(), name="author"),
    path("category/<int:pk>", CategoryPageView.as_view(), name="category"),
    path("category/<int:pk>/<slug:slug>", CategoryPageView.as_view(), name="category"),
    path("library/import", ImportsView.as_view(), name="imports"),
    path("library/import/<int:pk>", ImportView.as_view(), name="import"),
    path("library/import/<int:pk>/columns", ColumnsView.as_view(), name="import-columns"),
    path("library/import/<int:pk>/format", FormatView.as_view(), name="import-format"),
    path("library/import/<int:pk>/answers", AnswersView.as_view(), name="import-answers"),
    path("library/import/<int:pk>/start", StartView.as_view(), name="import-start"),
    path("library/import/<int:pk>/cancel", CancelView.as_view(), name="import-cancel"),
    path("library/import/<int:pk>/undo", UndoView.as_view(), name="import-undo"),
    path("library/import/<int:pk>/retry", RetryView.as_view(), name="import-retry"),
    path("library/import/<int:pk>/not-imported.csv", FailedRowsView.as_view(), name="import-failed"),
    path("library/import/<int:pk>/rows/<int:number>/search", RowSearchView.as_view(), name="import-search"),
    path("library/import/<int:pk>/rows/<int:number>/accept", AcceptView.as_view(), name="import-accept"),
    path("library/import/<int:pk>/rows/<int:number>/keep", KeepView.as_view(), name="import-keep"),
    path("library/import/<int:pk>/rows/<int:number>/correct", CorrectView.as_view(), name="import-correct"),
    path("library/year", ReadingYearView.as_view(), name="reading-year"),
    path("library/year/<int:year>", ReadingYearView.as_view(), name="reading-year"),
    path("feeds/price-changes", PriceChangesFeedView.as_view(), name="feed-price-changes"),
    path("feeds/new-books", NewBooksFeedView.as_view(), name="feed-new-books"),
    path("tracked", TrackedPagesView.as_view(), name="tracked"),
    path("tracked/<int:pk>/stop", StopTrackingView.as_view(), name="tracked-stop"),
    path("runs", RunListView.as_view(), name="runs"),
    path("runs/start", RunStartView.as_view(), name="run-start"),
    path("runs/<int:pk>", RunView.as_view(), name="run"),
    path("runs/<int:pk>/cancel", RunCancelView.as_view(), name="run-cancel"),
    path("statistics", StatisticsView.as_view(), name="statistics"),
    path("notifications", NotificationsView.as_view(), name="notifications"),
    path("notifications/read", NotificationsReadView.as_view(), name="notifications-read"),
    path("notifications/<int:pk>/read", NotificationsReadView.as_view(), name="notification-read"),
    path("notifications/feed", FeedView.as_view(), name="notifications-feed"),
    path("notifications/unsubscribe", UnsubscribeView.as_view(), name="notifications-unsubscribe"),
    path("notifications/confirm", ConfirmView.as_view(), name="notifications-confirm"),
    path("register", RegisterView.as_view(), name="register"),
    path("forgotten-password", ForgottenPasswordView.as_view(), name="forgotten-password"),
    path("forgotten-password/sent", ForgottenPasswordSentView.as_view(), name="forgotten-password-sent"),
    path("new-password/<str:uidb64>", NewPasswordView.as_view(), name="new-password"),
    path("account", AccountView.as_view(), name="account"),
    path("account/download", ArchiveView.as_view(), name="account-download"),
    path("account/email", EmailView.as_view(), name="account-email"),
    path("account/password", PasswordView.as_view(), name="account-password"),
    path("account/tokens", TokensView.as_view(), name="account-tokens"),
    path("account/tokens/<int:number>/revoke", TokenRevocationView.as_view(), name="account-token-revoke"),
    path("account/sessions", SessionsView.as_view(), name="account-sessions"),
    path("account/sessions/end-others", OtherSessionsEndView.as_view(), name="account-sessions-end-others"),
    path("account/sessions/<int:number>/end", SessionEndView.as_view(), name="account-session-end"),
    path("account/notifications", NotificationSettingsView.as_view(), name="account-notifications"),
    path("account/notifications/channels", ChannelAddView.as_view(), name="channel-add"),
    path("account/notifications/channels/<int:pk>", ChannelView.as_view(), name="channel"),
    path("account/notifications/channels/<int:pk>/delete", ChannelDeletionView.as_view(), name="channel-delete"),
    path("account/notifications/feed", FeedSecretView.as_view(), name="feed-secret"),
    path("account/delete", DeletionView.as_view(), name="account-delete"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("robots.txt", robots, name="robots"),
]

# With the URL names that the templates of the browsable API use
sign_in = [
    path("sign-in", SignInView.as_view(), name="login"),
    path("sign-out", LogoutView.as_view(next_page="alive"), name="logout"),
]
