"""OPTIONS describes every route, also those whose address has no key of an object."""

import pytest
from drf_spectacular.generators import EndpointEnumerator
from rest_framework.test import APIClient

from tests.support.factories import make_book
from users.models import User

pytestmark = pytest.mark.django_db


def test_options_of_every_route_are_no_error() -> None:
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(User.objects.create_superuser("root@example.org", "correct horse battery", name="Root"))
    key = str(make_book().pk)
    paths = {path for path, *_ in EndpointEnumerator().get_api_endpoints()}  # type: ignore[no-untyped-call]  # the library

    statuses = {path: client.options(_fill(path, key)).status_code for path in paths}

    assert {path: status for path, status in statuses.items() if status >= 500} == {}
    assert statuses["/api/watches/default"] == 200


def _fill(path: str, key: str) -> str:
    return "/".join(key if part.startswith("{") else part for part in path.split("/"))
