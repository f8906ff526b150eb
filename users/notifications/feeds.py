"""The secret of a reader's private feed. Only its hash is stored."""

import hashlib
import secrets

from users.models import NotificationPreferences, User


def renew_feed_secret(user: User) -> str:
    """Returns the new secret. Addresses with an earlier one no longer work."""
    secret = secrets.token_urlsafe(32)
    NotificationPreferences.objects.update_or_create(user=user, defaults={"feed_hash": _hash(secret)})
    return secret


def remove_feed(user: User) -> None:
    NotificationPreferences.objects.filter(user=user).update(feed_hash=None)


def find_feed_owner(secret: str) -> User | None:
    return User.objects.filter(notification_preferences__feed_hash=_hash(secret), is_active=True).first()


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()
