"""Fixtures of the server that these tests send requests to."""

from tests.support.target_server import superuser_headers, target_server  # noqa: F401  fixtures
