from users.models.library import LibraryEntry, Reading
from users.models.session import Session
from users.models.token import Token
from users.models.user import EMAIL_IN_USE, MAX_AGE, User, UserManager, UserQuerySet

__all__ = [
    "EMAIL_IN_USE",
    "MAX_AGE",
    "LibraryEntry",
    "Reading",
    "Session",
    "Token",
    "User",
    "UserManager",
    "UserQuerySet",
]
