"""Settings of drf-spectacular, which generates the OpenAPI schema."""

from typing import Any

from core import __version__

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Colophon",
    "DESCRIPTION": "A book catalogue with its price history, a search of Open Library, and a personal library. "
    "Every error is an RFC 9457 problem document. Invalid input is 422, and names the field or the parameter. An "
    "empty query parameter, such as `min_price=`, has no effect. A parameter that is given twice is 422, except "
    "`ordering`. `POST /api/auth/login` returns a token; send it as `Authorization: Bearer …`.",
    "VERSION": __version__,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "TAGS": [
        {"name": "auth", "description": "Sign in for a token, and sign out."},
        {"name": "users", "description": "Accounts. `/api/users/me` is the account of the caller."},
        {"name": "tokens", "description": "The tokens of the caller, for programs."},
        {"name": "books", "description": "The catalogue, with the price history of each book."},
        {"name": "authors", "description": "The authors of the books."},
        {"name": "categories", "description": "The categories under which sources list their books."},
        {"name": "search", "description": "The search of Open Library and the catalogue."},
        {"name": "library", "description": "The library of the caller. Callers without an account may share one."},
        {"name": "imports", "description": "Imports of library files of other services, and of Colophon's own."},
        {"name": "watches", "description": "The price watches of the caller."},
        {"name": "notifications", "description": "The notifications of the caller."},
        {"name": "channels", "description": "The addresses to which the caller's notifications are sent."},
        {"name": "scrape-runs", "description": "The crawls of shops, for staff."},
    ],
    "ENUM_NAME_OVERRIDES": {
        "NotificationKind": "users.models.Notification.Kind",
        "ChannelKind": "users.models.Channel.Kind",
        "NewChannelKind": "users.notifications.channels.KIND_CHOICES",
        "ChannelSchedule": "users.models.Channel.Schedule",
        "ChannelDisabledReason": "users.notifications.api.serializers.REASONS",
        "DeliveryState": "users.models.Delivery.State",
        "ReadingStatus": "users.models.library.LibraryEntry.Status",
        "PriceStatus": "books.models.PriceStatus",
        "Availability": "books.availability.CHOICES",
        "SearchSourceName": ["open_library", "catalogue"],
        "SearchSourceStatus": "users.library.search.STATUSES",
        "BookFormat": "users.models.library.LibraryEntry.Format",
        "ImportFormat": "users.imports.api.request_serializers.FORMATS",
        "ImportLookup": "users.imports.api.row_serializers.LOOKUPS",
        "ImportOutcome": "users.models.ImportJobRow.Outcome",
        "ReadingOutcome": "users.models.Reading.Outcome",
        "ImportState": "users.models.ImportJob.State",
        "ImportStatusAnswer": "users.imports.api.request_serializers.WITHOUT_STATUS",
        "ShopState": "scraping.models.Shop.State",
        "ShopDiscovery": "scraping.models.Shop.Discovery",
        "DecimalMark": "scraping.models.Shop.DecimalMark",
        "WatchRule": "users.models.WatchRule",
        "WatchScope": "users.models.WatchScope",
        "WatchState": "users.models.PriceWatch.State",
        "ScrapeState": "scraping.models.ScrapeRun.State",
        "ScrapeTrigger": "scraping.models.ScrapeRun.Trigger",
    },
    "PREPROCESSING_HOOKS": ["core.api.schema_hooks.only_api_paths"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema_hooks.restrict_components",
        "core.api.schema_hooks.describe_parameters",
        "core.api.schema_hooks.add_problem_responses",
    ],
}
