"""The project's URLs with two more views, which raise the exception that the path names."""

from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, UnreadablePostError
from django.urls import path
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import config.urls
from books.models import Book
from core.api.problem_details import handler400, handler403, handler404, handler500
from core.exceptions import Conflict, ExternalServiceUnavailable, InvalidParameters, PreconditionFailed

__all__ = ["handler400", "handler403", "handler404", "handler500"]

NESTED_ERRORS: dict[str, Any] = {"tags": {1: ["Bad tag."]}, "a/b~c": ["Bad name."], "non_field_errors": ["Bad pair."]}
EXCEPTIONS: dict[str, Exception] = {
    "crash": RuntimeError("secret"),
    "conflict": Conflict("It has changed."),
    "data": DataError("secret"),
    "database": OperationalError("connection to postgresql://user:secret@host failed"),
    "interface": InterfaceError("secret"),
    "forbidden": PermissionDenied("secret"),
    "integrity": IntegrityError("secret"),
    "malformed": SuspiciousOperation("secret"),
    "nested": ValidationError(NESTED_ERRORS),
    "no-book": Http404("No Book matches the given query."),
    "no-page": Http404("secret"),
    "parameter": InvalidParameters({"q": ["Too short."]}, code="min_length"),
    "precondition": PreconditionFailed("The row has changed."),
    "protected": ProtectedError("secret", {Book(pk=1)}),
    "service": ExternalServiceUnavailable("Open Library did not respond."),
    "throttled": Throttled(wait=41.2),
    "too-large": RequestDataTooBig("secret"),
    "unreadable": UnreadablePostError("secret"),
}


class FailingView(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request, name: str) -> Response:
        raise EXCEPTIONS[name].with_traceback(None)


def fail(request: HttpRequest, name: str) -> NoReturn:
    raise EXCEPTIONS[name].with_traceback(None)


urlpatterns = [*config.urls.urlpatterns, path("api/fail/<name>", FailingView.as_view()), path("fail/<name>", fail)]
