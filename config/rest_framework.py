"""Settings of the REST API that do not depend on the environment, and of its tokens."""

from datetime import timedelta

REST_FRAMEWORK_SETTINGS = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer", "core.api.renderers.JsonEditorRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "users.accounts.authentication.BearerTokenAuthentication",
        "core.api.authentication.SessionAuthenticationWithChallenge",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.StaffWritesPermission"],
    "DEFAULT_PAGINATION_CLASS": "core.pagination.page_number.StrictPageNumberPagination",
    "DEFAULT_FILTER_BACKENDS": ["core.api.query_parameters.StrictFilterBackend"],
    "DEFAULT_METADATA_CLASS": "core.api.metadata.ViewMetadata",
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.OperationSchema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.negotiation.StrictContentNegotiation",
    "VIEW_DESCRIPTION_FUNCTION": "core.api.renderers.describe_view",
    "EXCEPTION_HANDLER": "core.api.problem_details.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

KNOX_TOKEN_MODEL = "users.Token"  # noqa: S105  a model's name
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": timedelta(days=30), "TOKEN_MODEL": KNOX_TOKEN_MODEL}
