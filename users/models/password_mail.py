"""Requested mails with a link to choose a new password."""

from django.conf import settings
from django.db import models


class PasswordMail(models.Model):
    """A mail that has to be sent. The row is deleted when it was sent or given up.

    The link is created when the mail is sent, so that no database or backup contains a valid one. `user` is None if the
    requested address has no account. `page` is the address of the page that the link opens.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="password_mails")
    page = models.TextField()
    requested_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, help_text="Empty while a worker sends the mail.")
    task_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"mail {self.pk} to account {self.user_id}"
