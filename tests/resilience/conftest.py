"""The server that these tests send requests to."""

from tests.support.attacked_server import attacked, boss  # noqa: F401  fixtures
