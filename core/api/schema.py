"""Extensions of the OpenAPI schema that drf-spectacular generates."""

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema

from core.api.authentication import SessionAuthenticationWithChallenge
from core.api.problem_details import MEDIA_TYPE
from core.api.serializers import StrictCharField

NO_NUL = "^[^\\u0000]*$"
# At least one character that is not whitespace. Python counts U+001C to U+001F and U+0085 as whitespace, ECMAScript
# does not.
NOT_BLANK = r"^[^\u0000]*[^\s\u0000\u001c-\u001f\u0085][^\u0000]*$"
STRING = {"type": "string"}
INPUT_ERROR = {
    "type": "object",
    "required": ["code", "detail"],
    "properties": {"pointer": STRING, "parameter": STRING, "code": STRING, "detail": STRING},
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `errors` lists the invalid parts of the input: body fields or query parameters.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": STRING,
        "title": STRING,
        "status": {"type": "integer"},
        "detail": STRING,
        "errors": {"type": "array", "items": INPUT_ERROR},
    },
}


class SessionAuthenticationScheme(SessionScheme):  # type: ignore[no-untyped-call]  # registers itself when defined
    """The session cookie."""

    target_class = SessionAuthenticationWithChallenge  # type: ignore[assignment]  # the stub declares a string


class StrictCharFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # as above
    """Documents that a text of whitespace alone is invalid."""

    target_class = StrictCharField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        rejects_blank = self.target.trim_whitespace and not self.target.allow_blank
        return {**schema, "pattern": NOT_BLANK} if direction == "request" and rejects_blank else schema


class OperationSchema(AutoSchema):
    def get_auth(self) -> list[dict[str, Any]]:
        """Documents that an operation open to anyone needs no authentication."""
        auth: list[dict[str, Any]] = super().get_auth()
        is_open = any(self.method in getattr(p, "open_to_anyone", ()) for p in self.view.get_permissions())
        return [*auth, {}] if is_open and {} not in auth else auth

    def get_paginated_name(self, serializer_name: str) -> str:
        """Pages of a paginator with another shape have their own name."""
        paginator: Any = getattr(self.view, "pagination_class", None)
        return getattr(paginator, "schema_name", None) or str(super().get_paginated_name(serializer_name))


def only_api_paths(endpoints: list[tuple[Any, ...]], **_: Any) -> list[tuple[Any, ...]]:
    """Leaves out the paths of the earlier services: they are served by the same views as the canonical paths."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/")]


def add_input_restrictions(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Request bodies contain no unknown fields, and text contains no NUL."""
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("Request"):
            schema["additionalProperties"] = False
            for field in schema["properties"].values():
                if field.get("type") == "string" and not {"format", "pattern", "enum"} & set(field):
                    field["pattern"] = NO_NUL
    return result


def allow_empty_parameters(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Optional parameters may be empty, as HTML forms send them; required ones may not."""
    for path in result["paths"].values():
        for parameter in path.get("get", {}).get("parameters", []):
            schema = parameter["schema"]
            if parameter["name"] == "ordering":
                schema["items"]["enum"].insert(0, "")
            if parameter.get("required") and schema["type"] == "string":
                schema.setdefault("minLength", 1)
            elif parameter["name"] not in {"page", "limit"}:
                parameter["allowEmptyValue"] = True
    return result


def add_problem_responses(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Every operation may respond with a problem document."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    reference = {"$ref": "#/components/schemas/Problem"}
    response = {"description": "Any error.", "content": {MEDIA_TYPE: {"schema": reference}}}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = response
    return result
