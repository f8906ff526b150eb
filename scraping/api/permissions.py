"""Who may have to do with crawls."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class StaffOnly(BasePermission):
    message = "Only staff start, see and cancel crawls."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user.is_staff)
