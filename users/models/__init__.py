from users.models.library import LibraryEntry, Reading
from users.models.user import EMAIL_IN_USE, MAX_AGE, Token, User, UserManager, UserQuerySet

__all__ = ["EMAIL_IN_USE", "MAX_AGE", "LibraryEntry", "Reading", "Token", "User", "UserManager", "UserQuerySet"]
