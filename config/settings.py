"""Settings, read from the environment (docs/configuration.md)."""

from pathlib import Path

import django_stubs_ext
from corsheaders.defaults import default_headers
from dotenv import load_dotenv

from config import databases, mail, shops, task_queue
from config import environment as env
from config.openapi import SPECTACULAR_SETTINGS  # noqa: F401  a setting
from config.rest_framework import KNOX_TOKEN_MODEL, REST_FRAMEWORK_SETTINGS, REST_KNOX  # noqa: F401  settings
from core import __version__, logs, private_files

django_stubs_ext.monkeypatch()  # allows `QuerySet[Book]` at run time

BASE_DIR = Path(__file__).resolve().parent.parent
load_dotenv(BASE_DIR / ".env", interpolate=False)

VERSION = env.text("BUILD_VERSION", __version__)  # part of the ETags; an image build can set it to the commit
VAR_DIR = env.folder("VAR_DIR", default=BASE_DIR / "var")
FILES_DIR = env.folder("FILES_DIR", default=VAR_DIR / "files")  # stored covers, which all hosts need

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.secret_key(VAR_DIR)

# The public address, and the number of trusted reverse proxies (for X-Forwarded-For).
NUM_PROXIES = env.integer("NUM_PROXIES", default=0, minimum=0, maximum=10)
PUBLIC_URL = env.public_url("PUBLIC_URL", NUM_PROXIES)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", default=[*env.host_of(PUBLIC_URL), *env.OWN_HOSTS])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
HAS_TLS = PUBLIC_URL.startswith("https:")
SESSION_ENGINE = "users.sessions.store"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HAS_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HAS_TLS else None
SECURE_REDIRECT_EXEMPT = ["^$", "^ready$"]  # health checks do not pass through the proxy
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", default=3600 if HAS_TLS else 0, minimum=0, maximum=63_072_000)
# HSTS for subdomains and preloading are decisions of the domain's owner, made at the proxy.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# Limits of a request
WEB_WORKERS = env.integer("WEB_WORKERS", default=1, minimum=1, maximum=64)  # processes of the web server
WEB_THREADS = env.integer("WEB_THREADS", default=12, minimum=1, maximum=100)
# Threads that may wait for Open Library at one time. Two stay free for local requests, which take milliseconds.
OPENLIBRARY_MAX_WAITING = max(1, WEB_THREADS - 2)
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
FILE_UPLOAD_TEMP_DIR = VAR_DIR  # the images' /tmp is in memory
BODY_SECONDS = env.seconds("BODY_SECONDS", default=15)

DATABASES = {"default": databases.database(VAR_DIR, threads=WEB_THREADS)}
# What only the owner may read. Another folder than the default may have other uses: there the start prints a warning.
PRIVATE_PATHS = [VAR_DIR, *databases.files(DATABASES["default"])]
private_files.make_private(path for path in PRIVATE_PATHS if path != VAR_DIR or path == BASE_DIR / "var")

CACHES = {
    "default": databases.cache("CACHE_URL"),
    # Process memory in front of the default cache, for values that do not change while they are fresh.
    "near": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 500}},
}

# Memory of each process for cached catalogue responses
READ_CACHE_MB = env.integer("READ_CACHE_MB", default=4, minimum=0, maximum=10_000)

# Stored images of covers. 0 switches off fetching them.
COVER_CACHE_MB = env.integer("COVER_CACHE_MB", default=500, minimum=0, maximum=1_000_000)

# Accounts and access
IS_PRIVATE = env.are_loopback([*ALLOWED_HOSTS, *env.host_of(PUBLIC_URL)])  # only this machine can reach the service
USER_DIRECTORY_OPEN = env.boolean("USER_DIRECTORY_OPEN", default=IS_PRIVATE)
SHARED_SHELF = env.boolean("SHARED_SHELF", default=IS_PRIVATE)
REGISTRATION_OPEN = env.boolean("REGISTRATION_OPEN", default=True)
MEMBERS_ADD_BOOKS = env.boolean("MEMBERS_ADD_BOOKS", default=IS_PRIVATE or not REGISTRATION_OPEN)
ALLOW_SEARCH_ENGINES = env.boolean("ALLOW_SEARCH_ENGINES", default=REGISTRATION_OPEN and not IS_PRIVATE)
LOGINS_PER_ADDRESS = env.rate("LOGINS_PER_ADDRESS", default="30/minute")
LOGINS_PER_ACCOUNT = env.rate("LOGINS_PER_ACCOUNT", default="10/minute")
# No per-address limits when only loopback clients can connect: they all share one address.
REGISTRATIONS_PER_ADDRESS = env.rate("REGISTRATIONS_PER_ADDRESS", default="none" if IS_PRIVATE else "20/hour")
UPLOADS_PER_ACCOUNT = env.rate("UPLOADS_PER_ACCOUNT", default="none" if IS_PRIVATE else "60/hour")
WATCHES_PER_READER = env.integer("WATCHES_PER_READER", default=500, minimum=1, maximum=100_000)
SEARCHES_PER_ADDRESS = env.rate("SEARCHES_PER_ADDRESS", default="none" if IS_PRIVATE else "60/minute")

# Scripts of these origins may use all routes, with a token. The catalogue allows any origin (core.web.cors).
CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS")
CORS_ALLOW_HEADERS = [*default_headers, "if-match"]
CORS_EXPOSE_HEADERS = ["ETag", "Link", "Retry-After", "X-Request-ID", "X-Total-Count"]

# Whether outgoing requests may go to private addresses
PRIVATE_ADDRESSES = env.boolean("PRIVATE_ADDRESSES", default=IS_PRIVATE)

# Packages whose modules define sites that can be crawled. Addresses and delays replace those of the modules.
SITE_PACKAGES = ["scraping.sites"]
DEFAULT_SITE = "books_to_scrape"
SHOP_URLS = shops.addresses(default_site=DEFAULT_SITE, variable="SHOP_URL", other_sites="SHOP_URLS")
SHOP_DELAYS = shops.delays(default_site=DEFAULT_SITE, variable="SHOP_DELAY", other_sites="SHOP_DELAYS")
SHOP_CREDENTIALS = shops.credentials("SHOP_USER", "SHOP_PASSWORD")  # of the default site
MAX_TRACKED_PAGES = env.integer("MAX_TRACKED_PAGES", default=200, minimum=1, maximum=100_000)  # a person
SHOP_NIGHT_HOUR = env.integer("SHOP_NIGHT_HOUR", default=2, minimum=0, maximum=23)  # UTC
SHOP_MAX_AGE = env.integer("SHOP_MAX_AGE", default=30, minimum=0, maximum=36_500)  # days
CONTACT = env.contact("CONTACT")
QUALITY_THRESHOLDS = {
    "min_listed": env.share("GATE_MIN_LISTED", default=0.8),
    "max_unreadable": env.share("GATE_MAX_UNREADABLE", default=0.02),
    "max_without": env.share("GATE_MAX_WITHOUT", default=0.01),
    "max_fill_drop": env.share("GATE_MAX_FILL_DROP", default=0.1),
}

# Background tasks are executed by workers (manage.py run_worker).
TASKS_BACKEND = env.choice("TASKS_BACKEND", task_queue.ENGINES, default="database")
TASKS = {"default": {"BACKEND": task_queue.ENGINES[TASKS_BACKEND]}}
RQ_QUEUES = task_queue.redis_queues() if TASKS_BACKEND == "rq" else {}
RQ_SHOW_ADMIN_LINK = False  # no pages for the queue in the admin: the pages of the runs show what matters

# Outgoing mail, which workers send
MAIL_SERVER = mail.server("EMAIL_URL")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = MAIL_SERVER.backend, MAIL_SERVER.host, MAIL_SERVER.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL_SERVER.user, MAIL_SERVER.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL_SERVER.scheme == "smtp+starttls", MAIL_SERVER.scheme == "smtps"
EMAIL_TIMEOUT = 10  # seconds
MAIL_DOMAIN = (env.host_of(PUBLIC_URL) or ["localhost"])[0]
DEFAULT_FROM_EMAIL = mail.sender("DEFAULT_FROM_EMAIL", default=f"Colophon <colophon@{MAIL_DOMAIN}>")
# Further services for events of the operator, such as failed crawls. Needs the package apprise.
APPRISE_URLS = env.text("APPRISE_URLS").split()
PASSWORD_RESET_TIMEOUT = 2 * 3600  # seconds for which the link in a mail works

# Open Library, and the request rates of its usage rules
OPENLIBRARY_URL = env.web_address("OPENLIBRARY_URL", default="https://openlibrary.org/")
OPENLIBRARY_REQUESTS_PER_SECOND = 3 if CONTACT else 1

INSTALLED_APPS = [
    "core",  # first, so that its templates override others of the same name
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
    *(["django_rq"] if TASKS_BACKEND == "rq" else []),
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "books",
    "users",
    "scraping",
    "web",
]

MIDDLEWARE = [
    "core.web.middleware.RequestLogMiddleware",
    "core.web.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.middleware.StripTrailingSlashMiddleware",
    "core.api.unsupported_methods.MethodNotAllowedMiddleware",
    "core.web.cors.CorsPolicyMiddleware",
    "books.api.http_cache.CatalogueCacheMiddleware",
    "web.page_cache.PageCacheMiddleware",
    "core.web.compression.PageCompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "users.sessions.middleware.SessionUseMiddleware",
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

# Messages are stored in the session; Django's default storage also signs a cookie for each request.
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
LOGIN_URL, LOGIN_REDIRECT_URL = "rest_framework:login", "alive"
CSRF_FAILURE_VIEW = "core.api.problem_details.csrf_failure"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_COLLECTED = env.boolean("STATIC_COLLECTED", default=False)
STATIC_ROOT = BASE_DIR / "static_collected" if STATIC_COLLECTED else None
# An image contains collected and compressed static files. In a clone WhiteNoise serves them from the apps, so that no
# build step is needed.
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_DIR, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

REST_FRAMEWORK = {**REST_FRAMEWORK_SETTINGS, "NUM_PROXIES": NUM_PROXIES}
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True  # for the old and new values of each change

LOG_FORMAT = env.choice("LOG_FORMAT", logs.FORMATTERS, default="text")
LOG_LEVEL = env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], default="INFO")
LOGGING = logs.log_to_stderr(LOG_FORMAT, LOG_LEVEL)
