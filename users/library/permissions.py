"""Permission to use the library routes."""

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from core.api.permissions import is_same_site
from users.library.owner import is_shared


class CanUseLibrary(BasePermission):
    """Allows users their own library and, if SHARED_SHELF is on, everybody the shared library.

    Anonymous writes from pages of other sites are rejected. They carry no credentials that a CSRF token could protect,
    but a browser inside the service's network can reach it.
    """

    open_to_anyone = frozenset({"GET", "POST", "PATCH", "DELETE"})  # for the schema
    message = "This service has no shared library. Sign in to use your own library."

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.user.is_authenticated:
            return settings.SHARED_SHELF or not is_shared(request)
        return settings.SHARED_SHELF and (request.method in SAFE_METHODS or is_same_site(request))
