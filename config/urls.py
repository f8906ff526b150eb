"""Every route: the canonical paths under /api/, the earlier clients' at the root, the admin."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import DefaultRouter

import books.api.urls
import scraping.api.urls
import users.urls
from core.api import documentation as docs
from core.api import health
from users.accounts.forms import AdminSignInForm

api = DefaultRouter(trailing_slash=False)
api.include_root_view = False  # named below: the router would put it at "api/", which StripTrailingSlash makes "api"
api.include_format_suffixes = False
for app in (books.api.urls, users.urls, scraping.api.urls):
    api.registry.extend(app.router.registry)

admin.site.site_header = admin.site.site_title = "Colophon"
admin.site.index_title = "Curation"
admin.site.login_form = AdminSignInForm

urlpatterns = [
    path("", health.Alive.as_view(), name="alive"),
    path("ready", health.Ready.as_view(), name="ready"),
    path("docs", docs.Swagger.as_view()),
    path("", include(books.api.urls.earlier.urls)),
    path("", include(users.urls.earlier.urls)),
    path("", include(users.urls.earlier_library)),
    path("", include((users.urls.search, "earlier"))),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs", docs.Swagger.as_view(), name="docs"),
    path("api/redoc", docs.Redoc.as_view(), name="redoc"),
    path("api", api.get_api_root_view(), name="api-root"),
    path("api/", include(api.urls)),
    path("api/", include(users.urls.search)),
    path("api/auth/", include(users.urls.sign_in)),
    path("", include((users.urls.pages, "rest_framework"))),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}colophon/icon.svg", permanent=True)),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
]

handler400 = "core.api.problem_details.handler400"
handler403 = "core.api.problem_details.handler403"
handler404 = "core.api.problem_details.handler404"
handler500 = "core.api.problem_details.handler500"
