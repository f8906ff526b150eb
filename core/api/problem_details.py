"""One shape for every error on every path: `application/problem+json` (RFC 9457).

Views raise the REST framework's exceptions; `answer` turns each into a problem document. What happens outside of
a view (no such path, a bad host, a crash) goes through the `handler…` functions, which config.urls names.
"""

import re
import sys
from collections.abc import Callable, Iterator
from http import HTTPStatus
from math import ceil
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core import logs
from core.db import errors as database

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
Errors = list[dict[str, str]]


class InvalidParameters(exceptions.ValidationError):
    """Query parameters that a route does not know or cannot use: `{name: [messages]}`."""


class Conflict(exceptions.APIException):
    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class PreconditionFailed(exceptions.APIException):
    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "precondition_failed"


class OutsideUnavailable(exceptions.APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "outside_unavailable"


class TooSlow(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_TIMEOUT
    default_detail = "The body did not come whole in time. Send it again."
    default_code = "too_slow"


class TooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large."
    default_code = "too_large"


def problem(status: int, detail: str, errors: Errors | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": printable(detail),
    }
    return {**body, "errors": errors} if errors else body


def printable(text: str) -> str:
    """What a client sent may hold half a character, which UTF-8 cannot say: it is shown escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


def answer(exception: Exception, context: dict[str, Any]) -> Response | None:
    """The REST framework's exception handler; None leaves a crash to Django, which logs it and calls handler500."""
    error = _as_api_exception(exception)
    if error is None:
        return None
    set_rollback()
    response = Response(_body(error), status=_status(error), headers=_headers(error))
    _choose_renderer(response, context["request"])
    return response


def _as_api_exception(exception: BaseException | None) -> exceptions.APIException | None:
    for kinds, meaning in MEANINGS:
        if isinstance(exception, kinds):
            return meaning(exception)
    return None


def _not_found(error: Http404) -> str:
    """`Book not found`, out of Django's "No Book matches the given query."."""
    missing = re.fullmatch(r"No (\w+) matches the given query\.", str(error))
    return f"{missing[1]} not found" if missing else "Not found"


def _protected(error: ProtectedError) -> str:
    kinds = sorted({str(row._meta.verbose_name_plural) for row in error.protected_objects})
    return f"It cannot be deleted while it has {', '.join(kinds)}."


# What an exception of Django's, of Python's or of the database's means to a client. Any other one is a crash.
Kinds = type[Exception] | tuple[type[Exception], ...]
Meaning = Callable[[Any], exceptions.APIException | None]
MEANINGS: list[tuple[Kinds, Meaning]] = [
    (exceptions.APIException, lambda error: error),
    (Http404, lambda error: exceptions.NotFound(_not_found(error))),
    (PermissionDenied, lambda error: exceptions.PermissionDenied()),
    (ProtectedError, lambda error: Conflict(_protected(error))),
    (IntegrityError, lambda error: Conflict("It stands already, or something else needs what it would change.")),
    (DataError, lambda error: exceptions.ParseError("The database can neither keep nor look for a value of yours.")),
    (RequestDataTooBig, lambda error: TooLarge()),
    (UnreadablePostError, lambda error: TooSlow()),
    ((OperationalError, InterfaceError, ProgrammingError), database.meaning),
]


def _status(error: exceptions.APIException) -> int:
    # The earlier service answered invalid input with 422, and its clients look for that.
    if isinstance(error, exceptions.ValidationError | exceptions.ParseError):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return error.status_code


def _body(error: exceptions.APIException) -> dict[str, Any]:
    if not isinstance(error, exceptions.ValidationError):
        return problem(_status(error), str(error.detail))
    where = "parameter" if isinstance(error, InvalidParameters) else "pointer"
    errors = [_entry(where, path, detail) for path, detail in _flat(error.detail)]
    return problem(_status(error), "; ".join(f"{e[where] or 'body'}: {e['detail']}" for e in errors), errors)


def _entry(where: str, path: tuple[str, ...], detail: exceptions.ErrorDetail) -> dict[str, str]:
    place = path[0] if where == "parameter" else "".join(f"/{_escaped(part)}" for part in path)
    return {where: printable(place), "code": str(detail.code), "detail": printable(str(detail))}


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")  # RFC 6901


def _flat(detail: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], exceptions.ErrorDetail]]:
    """The leaves of the nested lists and dicts that serializers raise, each with its path."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flat(inner, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            yield from _flat(inner, path if isinstance(inner, str) else (*path, str(index)))
    else:
        yield path, detail


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(ceil(wait))
    if _status(error) == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return headers


def _choose_renderer(response: Response, request: Any) -> None:
    """A person in a browser sees the problem as a page; every other client gets JSON, whatever the view renders."""
    if getattr(getattr(request, "accepted_renderer", None), "format", None) != "api":
        request.accepted_renderer, request.accepted_media_type = JSONRenderer(), MEDIA_TYPE
        response.content_type = MEDIA_TYPE


def prefers_page(request: HttpRequest) -> bool:
    """Whether a browser asks: a client that takes anything gets JSON."""
    try:
        return request.get_preferred_type(["application/json", "text/html"]) == "text/html"
    except ValueError:  # what is said to be accepted is no list of types
        return False


def page_or_problem(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    body = problem(status, detail)
    if prefers_page(request):
        return render(request, "problem.html", body, status=status)
    response = JsonResponse(body, status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page_or_problem(request, 403, "The form is not from here, or old. Reload its page, and send it again.")


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return page_or_problem(request, 413, TooLarge.default_detail)
    return page_or_problem(request, 400, "The request is malformed.")


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page_or_problem(request, 403, "You may not do this.")


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page_or_problem(request, 404, "There is nothing at this address. The API begins at /api/.")


def handler500(request: HttpRequest) -> HttpResponse:
    if error := _as_api_exception(sys.exc_info()[1]):
        return page_or_problem(request, _status(error), str(error.detail))
    return page_or_problem(request, 500, f"Something went wrong here. It has been logged as {logs.request_id.get()}.")
