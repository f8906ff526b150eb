from users.models.library import LibraryEntry, Reading
from users.models.user import MAX_AGE, Token, User, UserManager, UserQuerySet

__all__ = ["MAX_AGE", "LibraryEntry", "Reading", "Token", "User", "UserManager", "UserQuerySet"]
