"""Renders every error as `application/problem+json` (RFC 9457); browsers get an HTML page.

`exception_handler` is the REST framework's hook for errors in views. The `handler…` functions are Django's hooks for
errors outside views (unknown path, invalid host, crash); config.urls names them.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from rest_framework import exceptions, views
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from core import logs
from core.db.errors import to_api_exception
from core.exceptions import Conflict, InvalidParameters, PayloadTooLarge, RequestTimeout
from core.web.csp import PAGE_POLICY

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5


def problem(status: int, detail: str, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """The members of a problem document."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": printable(detail),
    }
    return {**body, "errors": errors} if errors else body


def printable(text: str) -> str:
    """Escapes lone surrogates: UTF-8 cannot encode them, and input may contain them."""
    return text.encode("utf-8", "backslashreplace").decode()


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """The REST framework's exception handler. Returns None for a crash: Django then logs it and calls handler500."""
    error = _as_api_exception(exception)
    if error is None:
        return None
    response = views.exception_handler(error, context)  # sets the headers and marks the transaction for a rollback
    assert response is not None  # it handles every APIException
    response.data, response.status_code = _body(error), _status(error)
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    _choose_renderer(response, context["request"])
    return response


def _as_api_exception(exception: BaseException | None) -> exceptions.APIException | None:
    for types, convert in EXCEPTION_MAP:
        if isinstance(exception, types):
            return convert(exception)
    return None


def _not_found_message(error: Http404) -> str:
    """Turns Django's "No LibraryEntry matches the given query." into "Library entry not found"."""
    model = re.fullmatch(r"No (\w+) matches the given query\.", str(error))
    return f"{split_words(model[1])} not found" if model else "Not found"


def split_words(class_name: str) -> str:
    return re.sub("(?<!^)([A-Z])", r" \1", class_name).capitalize()


def _protected_message(error: ProtectedError) -> str:
    names = sorted({str(row._meta.verbose_name_plural) for row in error.protected_objects})
    return f"It cannot be deleted while it has {', '.join(names)}."


# Maps exceptions of Django and of the database drivers to API exceptions. All others are crashes.
ExceptionTypes = type[Exception] | tuple[type[Exception], ...]
EXCEPTION_MAP: list[tuple[ExceptionTypes, Callable[[Any], exceptions.APIException | None]]] = [
    (exceptions.APIException, lambda error: error),
    (Http404, lambda error: exceptions.NotFound(_not_found_message(error))),
    (PermissionDenied, lambda error: exceptions.PermissionDenied()),
    (ProtectedError, lambda error: Conflict(_protected_message(error))),
    (IntegrityError, lambda error: Conflict("It exists already, or another row depends on it.")),
    (DataError, lambda error: exceptions.ParseError("The database cannot store or compare one of the values.")),
    (RequestDataTooBig, lambda error: PayloadTooLarge()),
    (UnreadablePostError, lambda error: RequestTimeout()),
    ((OperationalError, InterfaceError, ProgrammingError), to_api_exception),
]


def _status(error: exceptions.APIException) -> int:
    # Clients of the earlier service expect 422 for invalid input.
    if isinstance(error, exceptions.ValidationError | exceptions.ParseError):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return error.status_code


def _body(error: exceptions.APIException) -> dict[str, Any]:
    if not isinstance(error, exceptions.ValidationError):
        return problem(_status(error), str(error.detail))
    member = "parameter" if isinstance(error, InvalidParameters) else "pointer"
    errors = [_error_entry(member, path, detail) for path, detail in _leaves(error.detail)]
    detail = "; ".join(f"{entry[member] or 'body'}: {entry['detail']}" for entry in errors)
    return problem(_status(error), detail, errors)


def _error_entry(member: str, path: tuple[str, ...], detail: exceptions.ErrorDetail) -> dict[str, str]:
    location = path[0] if member == "parameter" else "".join(f"/{_escape_pointer(part)}" for part in path)
    return {member: printable(location), "code": str(detail.code), "detail": printable(str(detail))}


def _escape_pointer(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")  # RFC 6901


def _leaves(detail: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], exceptions.ErrorDetail]]:
    """Yields the leaves of the nested lists and dicts that serializers raise, each with its path."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _leaves(inner, path if name == "non_field_errors" else (*path, str(name)))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            yield from _leaves(inner, path if isinstance(inner, str) else (*path, str(index)))
    else:
        yield path, detail


def _choose_renderer(response: Response, request: Any) -> None:
    """Keeps the browsable API for browsers; all other clients get JSON, also from views that render HTML."""
    if getattr(getattr(request, "accepted_renderer", None), "format", None) != "api":
        request.accepted_renderer, request.accepted_media_type = JSONRenderer(), MEDIA_TYPE
        response.content_type = MEDIA_TYPE


def prefers_page(request: HttpRequest) -> bool:
    """Whether the client prefers HTML to JSON. `*/*` gets JSON."""
    try:
        return request.get_preferred_type(["application/json", "text/html"]) == "text/html"
    except ValueError:  # the Accept header is not a list of media types
        return False


def respond_to_error(request: HttpRequest, error: exceptions.APIException) -> HttpResponse:
    """The response of a page to an error that a service raised."""
    wait = getattr(error, "wait", None)
    return page_or_problem(request, _status(error), describe_error(error), retry_after=int(wait) if wait else None)


def describe_error(error: exceptions.APIException) -> str:
    """The error as a sentence, with the names of the fields."""
    return str(_body(error)["detail"])


def page_or_problem(
    request: HttpRequest,
    status: int,
    detail: str,
    *,
    retry_after: int | None = None,
    links: Mapping[str, str] | None = None,
) -> HttpResponse:
    """`retry_after` is in seconds. `links` are addresses that help, by label.

    The page needs neither the database nor the session.
    """
    body = {**problem(status, detail), **({"links": dict(links)} if links else {})}
    if retry_after is None and status == HTTPStatus.SERVICE_UNAVAILABLE:
        retry_after = RETRY_AFTER_SECONDS
    if prefers_page(request):
        response = render(request, "problem.html", {**body, "retry_after": retry_after}, status=status)
        response["Content-Security-Policy"] = PAGE_POLICY
    else:
        response = JsonResponse(body, status=status, content_type=MEDIA_TYPE)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page_or_problem(request, 403, "The form has expired or comes from another site. Reload the page and retry.")


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return page_or_problem(request, 413, PayloadTooLarge.default_detail)
    return page_or_problem(request, 400, "The request is malformed.")


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page_or_problem(request, 403, "You do not have permission to do this.")


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return page_or_problem(request, 404, "Nothing exists at this address. Ids are whole numbers. See /api/docs.")
    return page_or_problem(request, 404, "No page exists at this address. The API starts at /api/.")


def handler500(request: HttpRequest) -> HttpResponse:
    if error := _as_api_exception(sys.exc_info()[1]):
        return page_or_problem(request, _status(error), str(error.detail))
    return page_or_problem(request, 500, f"An internal error occurred. It was logged as {logs.request_id.get()}.")
