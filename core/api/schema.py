"""What drf-spectacular cannot see by itself."""

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_bearer_security_scheme_object

from core.api.problem_details import MEDIA_TYPE

NO_NUL = "^[^\\u0000]*$"
# More than what is taken off at both ends. Python counts U+001C to U+001F and U+0085 among it, ECMAScript does not.
NOT_BLANK = r"^[^\u0000]*[^\s\u0000\u001c-\u001f\u0085][^\u0000]*$"
PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `errors` says what of the input is invalid: a body field or a query parameter.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "parameter": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}

TEXT = {"maxLength": 500}
PRICE = {"type": "string", "pattern": r"^([0-9]{1,8}(\.[0-9]{1,2})?)?$"}
ISBN = {"pattern": "^([0-9]{9}[0-9Xx]|[0-9]{13}|[0-9][0-9-]{8,14}[0-9Xx])?$"}
BOUNDS: dict[str, dict[str, Any]] = {
    **dict.fromkeys(["title", "name", "author", "category"], TEXT),
    **dict.fromkeys(["min_price", "max_price"], PRICE),
    "isbn": ISBN,
    "q": {"minLength": 3, "maxLength": 200},
}


class SessionSignInScheme(SessionScheme):  # type: ignore[no-untyped-call]  # registers itself by being defined
    """The usual session cookie."""

    target_class = "core.api.authentication.SessionSignIn"


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # as above
    target_class = "users.accounts.authentication.BearerToken"
    name = "bearerToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return build_bearer_security_scheme_object(header_name="Authorization", token_prefix="Bearer")  # noqa: S106


class TrimmedText(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # as above
    """Says that blanks alone are no text."""

    target_class = "core.api.serializers.Text"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        is_refused_blank = self.target.trim_whitespace and not self.target.allow_blank
        return {**schema, "pattern": NOT_BLANK} if direction == "request" and is_refused_blank else schema


class Operation(AutoSchema):
    def get_auth(self) -> list[dict[str, Any]]:
        """Says of an operation that anyone may use that signing in is not needed."""
        auth: list[dict[str, Any]] = super().get_auth()
        is_open = any(self.method in getattr(p, "open_to_anyone", ()) for p in self.view.get_permissions())
        return [*auth, {}] if is_open and {} not in auth else auth

    def get_paginated_name(self, serializer_name: str) -> str:
        """Pages of another shape have a name of their own."""
        paginator: Any = getattr(self.view, "pagination_class", None)
        return getattr(paginator, "schema_name", None) or str(super().get_paginated_name(serializer_name))


def only_api_paths(endpoints: list[tuple[Any, ...]], **_: Any) -> list[tuple[Any, ...]]:
    """The earlier clients' paths at the root are the same views: the schema lists the canonical ones."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/")]


def say_what_is_refused(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """No body holds a field that its route does not know, and no text the character NUL."""
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("Request"):
            schema["additionalProperties"] = False
            for field in schema["properties"].values():
                if field.get("type") == "string" and not {"format", "pattern", "enum"} & set(field):
                    field["pattern"] = NO_NUL
    return result


def bound_parameters(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Says of the filters what their types do not. An empty one, as forms send it, is as if it were not there."""
    for path in result["paths"].values():
        for parameter in path.get("get", {}).get("parameters", []):
            schema = parameter["schema"]
            schema.update(BOUNDS.get(parameter["name"], {}))
            if parameter["name"] == "ordering":
                schema["items"]["enum"].insert(0, "")
            if parameter.get("required") and schema["type"] == "string":
                schema.setdefault("minLength", 1)
            elif parameter["name"] not in {"page", "limit"}:
                parameter["allowEmptyValue"] = True
    return result


def document_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Every operation may answer with a problem document."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    reference = {"$ref": "#/components/schemas/Problem"}
    answer = {"description": "Any error.", "content": {MEDIA_TYPE: {"schema": reference}}}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = answer
    return result
