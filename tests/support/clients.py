"""API clients of accounts that have a password."""

from rest_framework.test import APIClient

from users.models import Token, User

PASSWORD = "correct horse battery"


def signed_in(user: User) -> APIClient:
    """A client that sends a token of the user."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {Token.objects.create(user=user)[1]}")
    return client
