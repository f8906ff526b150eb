"""The web app manifest."""

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Lets a phone add Colophon to its home screen."""
    icon = {"src": static("web/mark.svg"), "sizes": "any", "type": "image/svg+xml"}
    content = {
        "name": "Colophon",
        "short_name": "Colophon",
        "description": "Books, their prices over time, and what you have read.",
        "start_url": reverse("alive"),
        "display": "standalone",
        "background_color": "#faf8f4",
        "theme_color": "#fffdf9",
        "icons": [icon],
    }
    return JsonResponse(content, content_type="application/manifest+json")
