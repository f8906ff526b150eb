"""The size limits of request bodies that views declare."""

import pytest
from django.conf import settings

from core.web.body_limits import find_body_limit
from users.imports.api.views import FORM_BYTES
from users.imports.read_file import MAX_BYTES

LARGE = MAX_BYTES + FORM_BYTES
GENERAL = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
TOKEN = {"HTTP_AUTHORIZATION": "Bearer a"}


@pytest.mark.parametrize(
    ("method", "path", "credentials", "expected"),
    [
        ("POST", "/api/imports", TOKEN, LARGE),
        ("POST", "/api/imports/", {"HTTP_COOKIE": "sessionid=a"}, LARGE),
        ("POST", "/api/imports", {}, GENERAL),
        ("PUT", "/api/imports", TOKEN, GENERAL),
        ("PATCH", "/api/imports/1", TOKEN, GENERAL),
        ("POST", "/api/imports/1/commit", TOKEN, GENERAL),
        ("POST", "/api/library", TOKEN, GENERAL),
        ("POST", "/nothing", TOKEN, GENERAL),
        ("POST", "/", TOKEN, GENERAL),
        ("POST", "/api/imports" + "/" * 10_000, TOKEN, LARGE),
        ("POST", "/" + "a" * 10_000, TOKEN, GENERAL),
    ],
)
def test_only_declared_actions_have_a_higher_limit(
    method: str, path: str, credentials: dict[str, str], expected: int
) -> None:
    assert find_body_limit({"REQUEST_METHOD": method, "PATH_INFO": path, **credentials}) == expected
