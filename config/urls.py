"""All routes: canonical paths under /api/, paths of the earlier services at the root, and the admin."""

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from rest_framework.routers import SimpleRouter

import books.api.urls
import scraping.api.urls
import users.urls
import web.urls
from books.covers.views import cover
from core.api import documentation, health
from users.accounts.admin_pages import change_own_password
from users.accounts.forms import AdminSignInForm
from web.views.home import FrontPageView

# The names and routes of the page /api.
ENTRY_POINTS = {
    "books": "book-list",
    "book-search": "book-search?title=travel",
    "authors": "author-list",
    "categories": "category-list",
    "price-changes": "price-change-list",
    "book-export": "book-export",
    "price-export": "price-export",
    "search": "search?q=travel",
    "library": "libraryentry-list",
    "library-summary": "libraryentry-summary",
    "imports": "importjob-list",
    "watches": "pricewatch-list",
    "notifications": "notification-list",
    "channels": "channel-list",
    "users": "user-list",
    "me": "user-me",
    "tokens": "token-list",
    "login": "login",
    "logout": "logout",
    "logout-all": "logout-all",
    "scrape-runs": "scraperun-list",
    "shops": "shop-list",
    "tracked": "trackedpage-list",
    "docs": "docs",
    "redoc": "redoc",
    "schema": "schema",
    "ready": "ready",
}

api = SimpleRouter(trailing_slash=False)
for app in (books.api.urls, users.urls, scraping.api.urls):
    api.registry.extend(app.router.registry)

admin.site.site_header = admin.site.site_title = "Colophon"
admin.site.index_title = "Curation"
# Menus of other packages. Own AppConfig classes would hide "django.contrib.auth" from django-stubs.
apps.get_app_config("auth").verbose_name = "Permissions"
apps.get_app_config("django_tasks_database").verbose_name = "System tasks"
admin.site.login_form = AdminSignInForm

urlpatterns = [
    path("", FrontPageView.as_view(), name="alive"),
    path("", include("web.urls")),
    path("ready", health.ReadinessView.as_view(), name="ready"),
    path("docs", documentation.SwaggerView.as_view()),
    path("", include(books.api.urls.earlier.urls)),
    path("", include(books.api.urls.earlier_exports)),
    path("", include(users.urls.earlier.urls)),
    path("", include(users.urls.earlier_library)),
    path("", include((users.urls.search, "earlier"))),
    path("api/schema", documentation.SchemaView.as_view(), name="schema"),
    path("api/docs", documentation.SwaggerView.as_view(), name="docs"),
    path("api/redoc", documentation.RedocView.as_view(), name="redoc"),
    path("api/redoc.js", documentation.redoc_script, name="redoc-script"),
    path("api", documentation.ApiRootView.as_view(entry_points=ENTRY_POINTS), name="api-root"),
    path("api/", include(api.urls)),
    path("api/", include(books.api.urls.exports)),
    path("api/", include(books.api.urls.covers)),
    path("api/", include(users.urls.search)),
    path("api/", include(users.urls.library_files)),
    path("api/", include(users.urls.notification_settings)),
    path("api/auth/", include(users.urls.sign_in)),
    path("covers/<int:book>/<int:width>", cover, name="cover"),
    path("", include((web.urls.sign_in, "rest_framework"))),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}web/favicon-48.png", permanent=True)),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/password_change/", admin.site.admin_view(change_own_password)),
    path("admin/", admin.site.urls),
]

handler400 = "core.api.problem_details.handler400"
handler403 = "core.api.problem_details.handler403"
handler404 = "core.api.problem_details.handler404"
handler500 = "core.api.problem_details.handler500"
