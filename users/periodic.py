"""The periodic job that deletes expired tokens."""

from datetime import timedelta

from django.db.models.functions import Now

from core.periodic_jobs import periodic
from users.models import Token


@periodic(every=timedelta(days=1))
def delete_expired_tokens() -> None:
    Token.objects.filter(expiry__lt=Now()).delete()
