"""Who may see and make whom, as the settings open it."""

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


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
