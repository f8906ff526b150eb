"""Signals of accounts."""

from django.dispatch import Signal

account_changed = Signal()  # `user`, and the names of the changed `fields`; sent inside the transaction
