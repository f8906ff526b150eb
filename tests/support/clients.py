"""API clients of accounts."""

from typing import Any

from rest_framework.test import APIClient

from users.models import Token, User

PASSWORD = "correct horse battery"
NEW_PASSWORD = "another good one"


def make_client(user: User) -> APIClient:
    """A client that sends a new token of the user."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {Token.objects.create(user=user)[1]}")
    return client


def login(client: APIClient, email: str = "ann@example.org", password: str = PASSWORD) -> Any:
    return client.post("/api/auth/login", {"email": email, "password": password})


def is_signed_in(client: APIClient) -> bool:
    status = client.get("/api/users/me").status_code
    assert status in {200, 401}
    return bool(status == 200)
