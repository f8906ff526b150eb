"""Who may do what, where a view says nothing else."""

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # the REST framework's views import this module while they are being made
    from rest_framework.views import APIView


class StaffWrites(BasePermission):
    """Anyone reads, staff write."""

    open_to_anyone = frozenset({"GET"})  # for the schema
    message = "Only staff may change the catalogue."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return request.method in SAFE_METHODS or request.user.is_staff
