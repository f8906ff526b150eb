"""All settings, from the environment (README, "Configuration"); a wrong value is refused at start by its name."""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
import environ
from corsheaders.defaults import default_headers

from config import databases as stores
from config import environment as env
from core import logs
from scraping.quality_gates import Gates

django_stubs_ext.monkeypatch()  # `QuerySet[Book]` and the like, at run time too

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = env.folder("VAR_DIR", default=BASE_DIR / "var")

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.secret_key(VAR_DIR)

# Where people reach the service, and through how many proxies: only what these say of a client is believed.
NUM_PROXIES = env.integer("NUM_PROXIES", default=0, minimum=0, maximum=10)
PUBLIC_URL = env.public_url("PUBLIC_URL", NUM_PROXIES)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", default=[*env.host_of(PUBLIC_URL), *env.OWN_HOSTS])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
HAS_TLS = PUBLIC_URL.startswith("https:")
SESSION_ENGINE = "core.web.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HAS_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HAS_TLS else None
SECURE_REDIRECT_EXEMPT = ["^$", "^ready$"]  # the health checks ask past the proxy
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", default=3600 if HAS_TLS else 0, minimum=0, maximum=63_072_000)
# What HSTS says of a domain's other hosts is for the domain's owner to say, at the proxy.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# What a request may cost before anybody looks at it
WEB_THREADS = env.integer("WEB_THREADS", default=8, minimum=1, maximum=100)
# More, for what may wait for Open Library. The most that wait at once leave some over, to answer from what is kept
OUTSIDE_AT_ONCE = 12
OUTSIDE_THREADS = OUTSIDE_AT_ONCE + 4
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
BODY_SECONDS = env.seconds("BODY_SECONDS", default=15)

DATABASES = {"default": stores.database(VAR_DIR, threads=WEB_THREADS + OUTSIDE_THREADS)}
CACHES = {
    "default": stores.cache("CACHE_URL"),
    # For what never changes while it is fresh: the process's own memory, asked first
    "near": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 500}},
}

# Answers of the catalogue that each process keeps in its memory, for as long as nothing is written
READ_CACHE_MB = env.integer("READ_CACHE_MB", default=4, minimum=0, maximum=10_000)

# People
IS_PRIVATE = env.are_loopback([*ALLOWED_HOSTS, *env.host_of(PUBLIC_URL)])  # nobody else can reach it
USER_DIRECTORY_OPEN = env.boolean("USER_DIRECTORY_OPEN", default=IS_PRIVATE)
SHARED_SHELF = env.boolean("SHARED_SHELF", default=IS_PRIVATE)
REGISTRATION_OPEN = env.boolean("REGISTRATION_OPEN", default=True)
LOGINS_PER_ADDRESS = env.rate("LOGINS_PER_ADDRESS", default="30/minute")
LOGINS_PER_ACCOUNT = env.rate("LOGINS_PER_ACCOUNT", default="10/minute")
# Where everyone comes from this machine, an address tells nobody from anybody
REGISTRATIONS_PER_ADDRESS = env.rate("REGISTRATIONS_PER_ADDRESS", default="none" if IS_PRIVATE else "20/hour")
SEARCHES_PER_ADDRESS = env.rate("SEARCHES_PER_ADDRESS", default="none" if IS_PRIVATE else "60/minute")

# Pages of these origins may use people's routes, with a token; everyone's may read the catalogue (core.web.cors)
CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS")
CORS_ALLOW_HEADERS = [*default_headers, "if-match"]
CORS_EXPOSE_HEADERS = ["ETag", "Link", "Retry-After", "X-Request-ID", "X-Total-Count"]

# Whether the shop and Open Library may be in a private network, whatever their names lead to
PRIVATE_ADDRESSES = env.boolean("PRIVATE_ADDRESSES", default=IS_PRIVATE)

# The shop and the manners of its crawl
SHOP_URL = env.web_address("SHOP_URL", default="http://books.toscrape.com/")
SHOP_DELAY = env.seconds("SHOP_DELAY", default=0.1)
SHOP_MAX_AGE = env.integer("SHOP_MAX_AGE", default=30, minimum=0, maximum=36_500)  # days
CONTACT = env.contact("CONTACT")
GATES = Gates(
    min_listed=env.share("GATE_MIN_LISTED", default=Gates.min_listed),
    max_unreadable=env.share("GATE_MAX_UNREADABLE", default=Gates.max_unreadable),
    max_without=env.share("GATE_MAX_WITHOUT", default=Gates.max_without),
    max_fill_drop=env.share("GATE_MAX_FILL_DROP", default=Gates.max_fill_drop),
)

# Crawls that somebody starts from the API or the admin: a worker (manage.py db_worker) takes them from the database's
# queue; `immediate` makes the request wait for the crawl, which suits tests alone.
TASK_ENGINES = {
    "database": "django_tasks_db.DatabaseBackend",
    "immediate": "django_tasks.backends.immediate.ImmediateBackend",
}
TASKS = {"default": {"BACKEND": TASK_ENGINES[env.choice("TASKS_BACKEND", TASK_ENGINES, default="database")]}}

# The world's books
OPENLIBRARY_URL = env.web_address("OPENLIBRARY_URL", default="https://openlibrary.org/")

INSTALLED_APPS = [
    "core",  # first: its templates stand before those of the same name
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "corsheaders",
    "django_filters",
    "simple_history",
    "django_tasks",
    "django_tasks_db",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "books",
    "users",
    "scraping",
]

MIDDLEWARE = [
    "core.web.middleware.LogRequests",
    "core.web.middleware.SecurityPolicy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.cors.Cors",
    "core.web.middleware.StripTrailingSlash",
    "books.api.http_cache.CatalogueReads",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The admin's messages wait in the session; the default also makes a signed cookie ready for each request.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AUTH_USER_MODEL = "users.User"
PASSWORD_HASHERS = ["users.accounts.hashers.Argon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
    ),
]
LOGIN_URL, LOGIN_REDIRECT_URL = "rest_framework:login", "api-root"
CSRF_FAILURE_VIEW = "core.api.problem_details.csrf_failure"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_COLLECTED = env.boolean("STATIC_COLLECTED", default=False)
STATIC_ROOT = BASE_DIR / "static_collected" if STATIC_COLLECTED else None
# An image has its static files collected and compressed; from a clone WhiteNoise serves them where they stand, so that
# no step lies between a clone and a page.
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"
        if STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["core.api.renderers.FastJSONRenderer", "core.api.renderers.BrowsableRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "users.accounts.authentication.BearerToken",
        "core.api.authentication.SessionSignIn",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.StaffWrites"],
    "DEFAULT_PAGINATION_CLASS": "core.pagination.page_number.Pages",
    "DEFAULT_FILTER_BACKENDS": ["core.api.query_parameters.DeclaredFilters"],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.Operation",
    "EXCEPTION_HANDLER": "core.api.problem_details.answer",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": NUM_PROXIES,
}

KNOX_TOKEN_MODEL = "users.Token"  # noqa: S105  a model's name
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": timedelta(days=30), "TOKEN_MODEL": KNOX_TOKEN_MODEL}

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True  # it says what changed, from what to what

SPECTACULAR_SETTINGS = {
    "TITLE": "Colophon",
    "DESCRIPTION": "A book catalogue with its price history, a search of Open Library, and a library of one's own. "
    "Every error is an RFC 9457 problem document.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ReadingStatus": "users.models.library.LibraryEntry.Status",
        "SourceStatus": "users.library.search.STATUSES",
    },
    "PREPROCESSING_HOOKS": ["core.api.schema.only_api_paths"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.say_what_is_refused",
        "core.api.schema.bound_parameters",
        "core.api.schema.document_problems",
    ],
}

LOG_FORMAT = env.choice("LOG_FORMAT", logs.FORMATTERS, default="text")
LOG_LEVEL = env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], default="INFO")
LOGGING = logs.to_stderr(LOG_FORMAT, LOG_LEVEL)
