"""Signals of accounts."""

from django.dispatch import Signal

# `user`, the account as it was (`former`), and the names of the changed `fields`; sent inside the transaction.
account_changed = Signal()
