"""Changes of the whole OpenAPI document, before and after drf-spectacular generates it."""

from typing import Any

from core.api.problem_details import MEDIA_TYPE

NO_NUL = "^[^\\u0000]*$"
STRING = {"type": "string"}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `errors` lists the invalid parts of the input: body fields or query parameters.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": STRING,
        "title": STRING,
        "status": {"type": "integer"},
        "detail": STRING,
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/InputError"}},
    },
    "example": {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "limit: Must be at most 100.",
        "errors": [{"parameter": "limit", "code": "invalid", "detail": "Must be at most 100."}],
    },
}
INPUT_ERROR = {
    "type": "object",
    "description": "An invalid part of the input: a body field (JSON pointer) or a query parameter.",
    "required": ["code", "detail"],
    "properties": {"pointer": STRING, "parameter": STRING, "code": STRING, "detail": STRING},
    "example": {"pointer": "/age", "code": "invalid", "detail": "A valid integer is required."},
}
ERRORS = {
    401: "Credentials are missing, invalid or expired.",
    403: "The account may not do this, or the CSRF token of the session is missing.",
    404: "Nothing exists at this address, or the list has no such page.",
    409: "A conflict with existing data.",
    412: "The entry has changed since the version in `If-Match`.",
    413: "The body is too large.",
    422: "The input is invalid. `errors` names each field or parameter.",
    429: "Too many requests.",
    503: "The database, or Open Library where it is needed, is unavailable.",
}
RETRY_AFTER = {"description": "Seconds to wait before the next attempt.", "schema": {"type": "integer", "minimum": 0}}
CHALLENGE = {"description": "The accepted kind of credentials.", "schema": STRING}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": CHALLENGE},
    429: {"Retry-After": RETRY_AFTER},
    503: {"Retry-After": RETRY_AFTER},
}


def only_api_paths(endpoints: list[tuple[Any, ...]], **_: Any) -> list[tuple[Any, ...]]:
    """Leaves out the paths of the earlier services: they are served by the same views as the canonical paths."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/")]


def restrict_components(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Request bodies contain no unknown fields, and text contains no NUL. Fields of responses have no defaults."""
    for name, schema in result["components"]["schemas"].items():
        is_request, fields = name.endswith("Request"), schema.get("properties", {}).values()
        if is_request:
            schema["additionalProperties"] = False
        for field in fields:
            if is_request and field.get("type") == "string" and not {"format", "pattern", "enum"} & set(field):
                field["pattern"] = NO_NUL
            if not is_request:
                field.pop("default", None)
    return result


def describe_parameters(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Optional query parameters may be empty, as HTML forms send them; required ones may not."""
    enums = {tuple(s["enum"]): name for name, s in result["components"]["schemas"].items() if "enum" in s}
    for path in result["paths"].values():
        for parameter in path.get("get", {}).get("parameters", []):
            if parameter["in"] == "query":
                describe_query_parameter(parameter, enums)
    return result


def describe_query_parameter(parameter: dict[str, Any], enums: dict[tuple[str, ...], str]) -> None:
    schema = parameter["schema"]
    if name := enums.get(tuple(schema.get("enum", ()))):
        parameter["schema"] = {"$ref": f"#/components/schemas/{name}"}
    if parameter["name"] == "ordering":
        schema["items"]["x-enum-varnames"] = [name_constant(value) for value in schema["items"]["enum"]]
    if parameter.get("required"):
        schema.setdefault("minLength", 1)
    elif parameter["name"] not in {"page", "limit"}:
        parameter["allowEmptyValue"] = True


def name_constant(ordering: str) -> str:
    """The name of an ordering in generated clients: `-price` is PRICE_DESCENDING."""
    name = ordering.removeprefix("-").upper()
    return f"{name}_DESCENDING" if ordering.startswith("-") else name


def add_problem_responses(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Defines the error responses that operations refer to. Any operation may have further errors."""
    result["components"]["schemas"].update(Problem=PROBLEM, InputError=INPUT_ERROR)
    responses = {f"Problem{status}": problem_response(text, HEADERS.get(status)) for status, text in ERRORS.items()}
    result["components"]["responses"] = {**responses, "Problem": problem_response("Any other error.")}
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
    return result


def problem_response(description: str, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    response = {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}
    return {**response, "headers": headers} if headers else response
