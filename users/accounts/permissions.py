"""Permissions for the user directory and for registration; settings can open both to anonymous clients."""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from users.models import User


def may_register(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether the user may create an account: anybody if REGISTRATION_OPEN is on, staff with `add_user` always."""
    return settings.REGISTRATION_OPEN or (isinstance(user, User) and user.is_staff and user.has_perm("users.add_user"))


class DirectoryIsOpen(BasePermission):
    """Allows anonymous clients if USER_DIRECTORY_OPEN is on. UserQuerySet.visible_to restricts the rows."""

    open_to_anyone = frozenset({"GET"})  # for the schema
    message = "The user directory is closed. Sign in to see your own account."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return settings.USER_DIRECTORY_OPEN or request.user.is_authenticated


class RegistrationIsOpen(BasePermission):
    """Allows staff with `add_user` always, all others if REGISTRATION_OPEN is on."""

    open_to_anyone = frozenset({"POST"})  # for the schema
    message = "Registration is closed. Ask a member of staff for an account."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return may_register(request.user)
