"""Signals of the catalogue, sent inside the transaction of the change. An error of a receiver rolls it back."""

from django.dispatch import Signal

# `observations`: the primary keys of accepted price observations that were written. Prices that wait for review have
# none. The books are locked.
observations_written = Signal()
# `books`: the primary keys of books whose latest accepted price was moved back to the review.
prices_withdrawn = Signal()
