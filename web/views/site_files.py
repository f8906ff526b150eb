"""What programs read about the pages: the web app manifest, and the rules for search engines."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

# The home page, the catalogue, books, authors and categories remain. Filtered and further pages of lists are not here,
# because a crawler sees their noindex, and their links to books, only if it may read them.
DISALLOWED = (
    "/account", "/admin", "/api", "/books", "/catalogue/as/", "/crawl", "/docs", "/find", "/register", "/saved",
    "/search", "/sign-in", "/sign-out", "/statistics", "/users",
)  # fmt: skip
ICON_SIZES = (192, 512)  # pixels


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    rules = DISALLOWED if settings.ALLOW_SEARCH_ENGINES else ("/",)
    lines = ["User-agent: *", *(f"Disallow: {rule}" for rule in rules)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Lets a phone add Colophon to its home screen."""
    icons = [{"src": static("colophon/mark.svg"), "sizes": "any", "type": "image/svg+xml"}]
    for size in ICON_SIZES:
        icon = {"src": static(f"web/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        icons += [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}]
    content = {
        "name": "Colophon",
        "short_name": "Colophon",
        "description": "Books, their prices over time, and what you have read.",
        "id": reverse("alive"),
        "start_url": reverse("alive"),
        "display": "standalone",
        "background_color": "#faf8f4",
        "theme_color": "#fffdf9",
        "icons": icons,
    }
    return JsonResponse(content, content_type="application/manifest+json")
