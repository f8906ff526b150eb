from users.models.channel import Channel, ChannelMessage, Delivery, NotificationPreferences
from users.models.entry_origin import EntryOrigin
from users.models.import_job import ImportJob, ImportJobRow
from users.models.library import LibraryEntry
from users.models.notification import Notification
from users.models.password_mail import PasswordMail
from users.models.reading import Reading
from users.models.session import Session
from users.models.tag import Tag
from users.models.token import Token
from users.models.user import EMAIL_IN_USE, MAX_AGE, User, UserManager, UserQuerySet
from users.models.watch import PriceWatch, WatchDefault, WatchRule, WatchScope

__all__ = [
    "EMAIL_IN_USE",
    "MAX_AGE",
    "Channel",
    "ChannelMessage",
    "Delivery",
    "EntryOrigin",
    "ImportJob",
    "ImportJobRow",
    "LibraryEntry",
    "Notification",
    "NotificationPreferences",
    "PasswordMail",
    "PriceWatch",
    "Reading",
    "Session",
    "Tag",
    "Token",
    "User",
    "UserManager",
    "UserQuerySet",
    "WatchDefault",
    "WatchRule",
    "WatchScope",
]
