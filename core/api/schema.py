"""The operations of the OpenAPI schema, as extensions of drf-spectacular; schema_hooks.py has the whole document."""

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.drainage import get_override
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema

from core.api.authentication import SessionAuthenticationWithChallenge
from core.api.permissions import StaffModelPermissions
from core.api.serializers import StrictCharField
from core.pagination.page_number import StrictPageNumberPagination

# At least one character that is not whitespace. Python counts U+001C to U+001F and U+0085 as whitespace, ECMAScript
# does not.
NOT_BLANK = r"^[^\u0000]*[^\s\u0000\u001c-\u001f\u0085][^\u0000]*$"
READ_METHODS = {"GET", "HEAD"}
ETAG = {
    "description": "The version of the response. `If-None-Match` with it gets 304 if a list or a book is unchanged; "
    "`If-Match` with it gets 412 if a library entry has changed.",
    "schema": {"type": "string"},
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


class FilterExtension(DjangoFilterExtension):  # type: ignore[no-untyped-call]  # as above
    """Adds the help texts of filters that declare their schema: drf-spectacular ignores them."""

    target_class = "core.api.query_parameters.StrictFilterBackend"
    priority = 1

    def resolve_filter_field(self, *arguments: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().resolve_filter_field(*arguments)  # type: ignore[no-untyped-call]
        for parameter in parameters:
            parameter["schema"].pop("nullable", None)  # a query parameter has no null
            if help_text := arguments[-1].extra.get("help_text"):
                parameter.setdefault("description", help_text)
        return parameters


class OperationSchema(AutoSchema):
    """Documents what views declare.

    `further_errors` lists by action the error statuses that do not follow from the kind of operation,
    `actions_with_etag` the actions with an ETag in the response, `actions_with_delete_body` the deletions that have a
    body. A serializer's `example` is an example of its component.
    """

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular overrides it
        """The documentation of a viewset describes the class, not each of its operations."""
        return str(super().get_description()) if not hasattr(self.view, "action") else ""

    def get_auth(self) -> list[dict[str, Any]]:
        """Public reads state no authentication, because they ignore it. Other open operations state it as optional."""
        auth: list[dict[str, Any]] = super().get_auth()
        permissions = self.view.get_permissions()
        if any(self.method in getattr(each, "public_methods", ()) for each in permissions):
            return []
        is_open = any(self.method in getattr(each, "open_to_anyone", ()) for each in permissions)
        return [*auth, {}] if is_open and {} not in auth else auth

    def get_paginated_name(self, serializer_name: str) -> str:
        """Pages of a paginator with another shape have their own name."""
        paginator: Any = getattr(self.view, "pagination_class", None)
        return getattr(paginator, "schema_name", None) or str(super().get_paginated_name(serializer_name))

    def _resolve_path_parameters(self, variables: Any) -> Any:
        number = {"type": "integer", "format": "int64", "minimum": 1}
        text = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": 100}
        names = {
            "id": "The id.",
            "book_id": "The id of the book.",
            "entry_id": "The id of the library entry.",
            "token_id": "The id of the token.",
            "import_id": "The id of the import.",
            "number": "The number of the row in the file, from 1.",
            "slug": "The slug of the shop, which is the source of its books.",
        }
        schemas = {name: (text, "books_example") if name == "slug" else (number, 1) for name in variables}
        return [
            {
                "in": "path",
                "name": name,
                "required": True,
                "description": names[name],
                "schema": schema,
                "example": each,
            }
            for name, (schema, each) in schemas.items()
        ]

    def _get_request_body(self, direction: Any = "request") -> Any:
        if self._action in getattr(self.view, "actions_with_delete_body", ()):
            self.method = "POST"  # drf-spectacular documents no bodies of deletions
            try:
                return super()._get_request_body(direction)  # type: ignore[no-untyped-call]  # of drf-spectacular
            finally:
                self.method = "DELETE"
        return super()._get_request_body(direction)  # type: ignore[no-untyped-call]

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Any:  # noqa: FBT001, FBT002  drf-spectacular's
        schema = super()._map_serializer(serializer, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        fields = schema.get("properties", {})
        example = {name: value for name, value in getattr(serializer, "example", {}).items() if name in fields}
        return {**schema, "example": example} if example else schema

    def _get_serializer_field_meta(self, field: Any, direction: Any) -> dict[str, Any]:
        """A schema that a field declares takes precedence over what drf-spectacular derives."""
        meta: dict[str, Any] = super()._get_serializer_field_meta(field, direction)  # type: ignore[no-untyped-call]
        declared = get_override(field, "field", {})
        return {name: value for name, value in meta.items() if not isinstance(declared, dict) or name not in declared}

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        responses = super()._get_response_bodies(direction)
        for status, response in responses.items():
            if headers := self._list_headers(status):
                response.setdefault("headers", {}).update(headers)
        errors = {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in self._list_errors()}
        return {**responses, **errors}

    @property
    def _action(self) -> str:
        return getattr(self.view, "action", None) or str(self.method).lower()

    def _list_headers(self, status: str) -> dict[str, Any]:
        has_etag = status in {"200", "201", "204"} and self._action in getattr(self.view, "actions_with_etag", ())
        paginator: Any = self._get_paginator() if self._is_list_view() else None  # type: ignore[no-untyped-call]
        return {**({"ETag": ETAG} if has_etag else {}), **getattr(paginator, "schema_headers", {})}

    def _list_errors(self) -> list[int]:
        """The errors that follow from the kind of operation, and those that the view declares."""
        has_body, parameters = self._get_request_body() is not None, self._get_parameters()
        is_restricted = any(isinstance(each, StaffModelPermissions) for each in self.view.get_permissions())
        needs_rights = self.method not in READ_METHODS or is_restricted
        paginator: Any = self._get_paginator()  # type: ignore[no-untyped-call]
        is_page = self._is_list_view() and isinstance(paginator, StrictPageNumberPagination)
        conditions = {
            401: bool(self.get_auth()),
            403: bool(self.get_auth()) and needs_rights,
            404: is_page or any(each["in"] == "path" for each in parameters),
            412: any(each["name"] == "If-Match" for each in parameters),
            422: has_body or hasattr(self.view, "parameters") or any(each["in"] == "query" for each in parameters),
            429: bool(self.view.get_throttles()),
            503: True,
        }
        further = getattr(self.view, "further_errors", {}).get(self._action, ())
        return sorted({status for status, occurs in conditions.items() if occurs} | set(further))
