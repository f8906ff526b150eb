"""Errors of views in addition to those of the REST framework. core.api.problem_details renders all of them."""

from http import HTTPStatus

from rest_framework.exceptions import APIException, ValidationError


class InvalidParameters(ValidationError):
    """Invalid or unknown query parameters: `{name: [messages]}`."""


class Conflict(APIException):
    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class PreconditionFailed(APIException):
    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "precondition_failed"


class ExternalServiceUnavailable(APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "external_service_unavailable"


class RequestTimeout(APIException):
    status_code = HTTPStatus.REQUEST_TIMEOUT
    default_detail = "The request body did not arrive in time. Send the request again."
    default_code = "request_timeout"


class PayloadTooLarge(APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request body is too large."
    default_code = "payload_too_large"


class Misconfigured(APIException):
    """An operator must change a setting of this host."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "misconfigured"
