"""Signals of the catalogue, sent inside the transaction of the change. An error of a receiver rolls it back."""

from django.dispatch import Signal

# `observations`: the primary keys of accepted price observations that were written. Prices that wait for review have
# none. The books are locked.
observations_written = Signal()
# `prices`: the latest accepted prices that were withdrawn, as amount and currency, by the primary key of the book. The
# books are locked. One signal reports all of a transaction, so that a receiver can lock its rows at once.
prices_withdrawn = Signal()
# `books`: the primary keys of books whose latest statement counts again or for another work: their source lists them
# again, their ISBN or work key changed, or they were published. The books are locked.
offers_joined = Signal()
# `books`: the primary keys of books that their source no longer lists, or that were unpublished. The books are locked.
offers_ended = Signal()
# `keys`: the work keys and ISBNs that books had until now. `books`: the primary keys of these and of all other books
# that the transaction changes, so that a receiver can lock its rows at once. The books are locked.
works_left = Signal()
