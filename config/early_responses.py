"""Responses that are sent from the event loop, to requests that no thread handles."""

import json
import secrets
from http import HTTPStatus
from typing import Any

from granian.rsgi import Scope

from core.api.problem_details import MEDIA_TYPE, RETRY_AFTER_SECONDS, problem
from core.web.middleware import log_request

CLIENT_CLOSED_REQUEST = 499  # nginx's code; it appears in the log only

Environ = dict[str, Any]
Response = tuple[int, list[tuple[str, str]], bytes]


def reject_invalid_framing(scope: Scope, environ: Environ) -> Response | None:
    """Rejects requests that granian accepts although RFC 9112 (sections 3.2 and 6.1) requires an error."""
    if environ.get("HTTP_TRANSFER_ENCODING", "chunked").strip().lower() != "chunked":
        detail = "Only the transfer coding chunked is supported. Send the body without another one."
        return respond(scope, HTTPStatus.NOT_IMPLEMENTED, detail, ("Connection", "close"))
    if scope.http_version == "1.1" and "HTTP_HOST" not in environ:
        detail = "The request has no Host header, which HTTP/1.1 requires."
        return respond(scope, HTTPStatus.BAD_REQUEST, detail, ("Connection", "close"))
    return None


def respond_busy(scope: Scope) -> Response:
    detail = "The service receives more requests than it can process. Try again in a few seconds."
    return respond(scope, HTTPStatus.SERVICE_UNAVAILABLE, detail, ("Retry-After", str(RETRY_AFTER_SECONDS)))


def respond(scope: Scope, status: HTTPStatus, detail: str, *headers: tuple[str, str]) -> Response:
    """A problem document. It is logged like the responses of Django."""
    request_id = secrets.token_hex(8)
    log_request(scope.method, scope.path, status, 0)
    common = [("Content-Type", MEDIA_TYPE), ("X-Content-Type-Options", "nosniff"), ("X-Request-ID", request_id)]
    return int(status), [*common, *headers], json.dumps(problem(status, detail)).encode()


def end_without_response(scope: Scope) -> Response:
    """For a client that has disconnected: granian expects a response, and discards it."""
    log_request(scope.method, scope.path, CLIENT_CLOSED_REQUEST, 0)
    return CLIENT_CLOSED_REQUEST, [], b""
