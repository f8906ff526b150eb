"""Who may see and make whom, as the settings open it."""

from typing import Any

from django.conf import settings
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class SaysWhy:
    """For views: tells a stranger the permission's reason, which the framework tells only to whoever has an account."""

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> Any:
        if message and not request.successful_authenticator:
            raise NotAuthenticated(message)
        super().permission_denied(request, message, code)  # type: ignore[misc]  # mixed into views only


class DirectoryIsOpen(BasePermission):
    """Anyone while USER_DIRECTORY_OPEN is on; else whoever has an account (the query set shows them their own)."""

    open_to_anyone = frozenset({"GET"})  # for the schema
    message = "The directory is closed. Sign in to see your own record."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return settings.USER_DIRECTORY_OPEN or request.user.is_authenticated


class RegistrationIsOpen(BasePermission):
    """Anyone while REGISTRATION_OPEN is on; staff always."""

    open_to_anyone = frozenset({"POST"})  # for the schema
    message = "Registration is closed. Ask a member of staff for an account."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return settings.REGISTRATION_OPEN or request.user.is_staff


class OwnShelf(BasePermission):
    """Whoever has an account; anyone else while SHARED_SHELF is on (the query set shows them the household's).

    A page of another site, shown in the household's browser, changes nothing there: its form would need no account.
    """

    open_to_anyone = frozenset({"GET", "POST", "PATCH", "DELETE"})  # for the schema
    message = "There is no shared shelf here. Sign in to use your own."

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.user.is_authenticated:
            return True
        return settings.SHARED_SHELF and (request.method in SAFE_METHODS or is_from_here(request))


def is_from_here(request: Request) -> bool:
    """Whether no browser says that a page of another site asks, unless CORS_ALLOWED_ORIGINS lists it."""
    origin = request.headers.get("Origin")
    own = {f"{scheme}://{request.get_host()}" for scheme in ("http", "https")}
    return origin is None or origin in own or origin in settings.CORS_ALLOWED_ORIGINS
