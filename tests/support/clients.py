"""API clients of accounts."""

from rest_framework.test import APIClient

from users.models import Token, User

PASSWORD = "correct horse battery"
NEW_PASSWORD = "another good one"


def make_client(user: User) -> APIClient:
    """A client that sends a new token of the user."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {Token.objects.create(user=user)[1]}")
    return client
