"""Which library a request is about: the caller's own, or the shared one."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from core.exceptions import InvalidParameters
from users.models import User

PARAMETER = "shared"
SHARED = OpenApiParameter(
    PARAMETER,
    bool,
    description="Whether to use the shared library instead of the caller's own, while `SHARED_SHELF` is on. Callers "
    "without an account always use the shared library.",
)


def is_shared(request: Request) -> bool:
    """Raises InvalidParameters if `?shared=` is neither true nor false."""
    value = request.query_params.get(PARAMETER, "false")
    if value not in {"true", "false"}:
        raise InvalidParameters({PARAMETER: ["Must be true or false."]})
    return value == "true" or not request.user.is_authenticated


def find_owner(request: Request) -> User | None:
    """The owner of the library; None for the shared one. Raises InvalidParameters."""
    shared = is_shared(request)
    return request.user if isinstance(request.user, User) and not shared else None
