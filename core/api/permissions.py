"""Permissions of the API."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, DjangoModelPermissions
from rest_framework.request import Request

if TYPE_CHECKING:  # rest_framework.views loads this module (DEFAULT_PERMISSION_CLASSES): a circular import
    from rest_framework.views import APIView


class StaffModelPermissions(DjangoModelPermissions):
    """Staff need the model's permission: add for POST, change for PUT and PATCH, delete for DELETE."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_staff:
            return False
        self.message = "Your account lacks the permission for this. A superuser can grant it, or add you to a group."
        return super().has_permission(request, view)


class StaffWritesPermission(StaffModelPermissions):
    """Anyone reads; staff with the model's permission write. A method that the view lacks is 405 for everyone."""

    public_methods = frozenset({"GET"})  # for the schema
    message = "Only staff may change the catalogue."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        is_write = request.method not in SAFE_METHODS and hasattr(view, str(request.method).lower())
        return not is_write or super().has_permission(request, view)


class StaffChangesPermission(StaffWritesPermission):
    """Staff with the permission to change the model; deleting a part of a row is a change of the row."""

    perms_map = {**StaffWritesPermission.perms_map, "DELETE": StaffWritesPermission.perms_map["PATCH"]}


class ExplainsDenial:
    """View mixin: anonymous clients receive the permission's message, which the REST framework shows to others only."""

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> Any:
        if message and not request.successful_authenticator:
            raise NotAuthenticated(message)
        super().permission_denied(request, message, code)  # type: ignore[misc]  # mixed into views only


def is_same_site(request: Request | HttpRequest) -> bool:
    """Returns False if the Origin header names a site that is neither this one nor in CORS_ALLOWED_ORIGINS.

    Only browsers send the header, so a request without it passes.
    """
    origin = request.headers.get("Origin")
    own_origins = {f"{scheme}://{request.get_host()}" for scheme in ("http", "https")}
    return origin is None or origin in own_origins or origin in settings.CORS_ALLOWED_ORIGINS
