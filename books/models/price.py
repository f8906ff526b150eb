"""Prices too odd to believe: held until a person has looked at them."""

from collections.abc import Iterable
from decimal import Decimal
from itertools import takewhile
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:  # the books name this module's model
    from books.models import Book, PriceObservation

Said = tuple[Decimal | None, str | None, str | None]
MAX_REASON = 200
MAX_FACTOR = 5  # up or down, from the price before


def why_odd(
    price: Decimal | None, currency: str | None, before: tuple[Decimal | None, str | None], text: str | None = None
) -> str | None:
    """The reason to hold a price, in words; None for one that can be believed.

    `before` is the last accepted one, `text` what stands in the price's place where it cannot be read.
    """
    if text is not None:
        return f"It cannot be read: “{text}”."
    if price == 0:
        return "It is zero."
    return None if price is None else _why_odd_after(before, price, currency)


def _why_odd_after(before: tuple[Decimal | None, str | None], price: Decimal, currency: str | None) -> str | None:
    last, last_currency = before
    if last is None:
        return None
    if currency != last_currency:
        return f"It is in {currency}; before it was in {last_currency}."
    if last and not last / MAX_FACTOR <= price <= last * MAX_FACTOR:
        return f"It is more than {MAX_FACTOR} times {'up' if price > last else 'down'} from {last} {currency}."
    return None


class HeldPriceQuerySet(models.QuerySet["HeldPrice"]):
    def waiting(self) -> Self:
        return self.filter(state=HeldPrice.State.HELD)

    def judged(self) -> Self:
        """Those that say what to think of the same price when it comes again."""
        return self.filter(state__in=[HeldPrice.State.HELD, HeldPrice.State.DISMISSED])

    @transaction.atomic
    def accept(self) -> int:
        """Gives the books the prices that wait, as if the source had just said them. How many there were.

        What cannot be read waits on: there is no price to give.
        """
        readable = self.waiting().exclude(price=None)
        lock_books(readable.values("book"))
        held = list(readable.select_for_update(of=("self",)).select_related("book"))
        for each in held:
            each.apply()
        # What was dismissed was dismissed beside another price.
        HeldPrice.objects.judged().filter(book__in=[each.book_id for each in held]).retire()
        return len(held)

    def retire(self) -> int:
        """Another price has come."""
        return self.update(state=HeldPrice.State.OVERTAKEN, decided_at=timezone.now())

    def dismiss(self) -> int:
        """The books keep their prices; the same odd price is not held again."""
        return self.waiting().update(state=HeldPrice.State.DISMISSED, decided_at=timezone.now())


class HeldPrice(models.Model):
    """What a source said of a book's price, and why it is not believed. Only once accepted it touches the book."""

    class State(models.TextChoices):
        HELD = "held"
        ACCEPTED = "accepted"
        DISMISSED = "dismissed"
        OVERTAKEN = "overtaken", "Overtaken by a later price"

    book = models.ForeignKey("books.Book", models.CASCADE, related_name="held_prices")
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, null=True)
    text = models.CharField(max_length=100, null=True, help_text="What stands in the price's place, unreadable.")
    in_stock = models.BooleanField()
    reason = models.CharField(max_length=MAX_REASON)
    state = models.CharField(max_length=16, choices=State.choices, default=State.HELD)
    held_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[HeldPriceQuerySet] = HeldPriceQuerySet.as_manager()  # type: ignore[assignment]  # the stubs

    class Meta:
        ordering = ["-held_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["book"], condition=Q(state="held"), name="one_held_price_a_book"),
            models.CheckConstraint(condition=Q(price__gte=0), name="held_price_not_negative"),
            models.CheckConstraint(
                condition=Q(price__isnull=False, currency__isnull=False, text__isnull=True)
                | Q(price__isnull=True, currency__isnull=True, text__isnull=False),
                name="held_price_or_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text or f'{self.price} {self.currency}'} for {self.book}"

    @property
    def said(self) -> Said:
        """What the source said, to know it again."""
        return self.price, self.currency, self.text

    def apply(self) -> None:
        """The history has the price from the time that the source said it; a price that a person set stays."""
        self._enter_history()
        give_price(self.book, self.price, self.currency, why="a held price was accepted")
        self.state, self.decided_at = self.State.ACCEPTED, timezone.now()
        self.save(update_fields=["state", "decided_at"])

    def _enter_history(self) -> None:
        """What was observed since then was observed at this price; the newest row keeps telling what is so now."""
        later = list(self.book.observations.filter(observed_at__gte=self.held_at).order_by("pk"))
        said = [(self.held_at, self.in_stock), *((each.observed_at, each.in_stock) for each in later)]
        rows = [*later, self.book.observations.model(book=self.book)]
        for row, (observed_at, in_stock) in zip(rows, said, strict=True):
            row.observed_at, row.in_stock = observed_at, in_stock
            row.price, row.currency = self.price, self.currency
            row.save()


def lock_books(keys: Any) -> None:
    """In the order of ingest, which holds books before anything of theirs: else two wait for each other."""
    books = apps.get_model("books", "Book")._default_manager.filter(pk__in=keys)
    list(books.select_for_update().order_by("pk").values_list("pk"))


def give_price(book: "Book", price: Decimal | None, currency: str | None, *, why: str) -> None:
    """The history says what stood there before; a price that a person set stays."""
    if not book.curated_fields.filter(field="price").exists():
        before, after = (f"{amount} {code}" if amount is not None else "nothing" for amount, code in (
            (book.price, book.currency), (price, currency)))  # fmt: skip
        book._change_reason = f"price: {before} → {after} ({why})"  # type: ignore[attr-defined]  # simple-history's
        book.price, book.currency = price, currency
        book.save(update_fields=["price", "currency", "updated_at"])


def hold(prices: Iterable[HeldPrice]) -> None:
    """Keeps each as its book's one waiting price, in place of an earlier one; not what was dismissed before."""
    prices = list(prices)
    judged = HeldPrice.objects.judged().filter(book__in=[each.book_id for each in prices])
    known = {(each.book_id, each.said) for each in judged}
    new = [each for each in prices if (each.book_id, each.said) not in known]
    drop_waiting([each.book_id for each in new])
    HeldPrice.objects.bulk_create(new)


def overtake(books: Iterable[int]) -> None:
    """A believable price of these books has come: what waited or was dismissed is history."""
    HeldPrice.objects.judged().filter(book__in=list(books)).retire()


@transaction.atomic
def take_back(book: "Book", *, reason: str) -> bool:
    """Holds the newest accepted price, as if it had been held when it came; False where there is none.

    The price before it counts again, in the history too; a price that a person set stays.
    """
    lock_books([book.pk])
    book.refresh_from_db()
    observed = list(book.observations.order_by("-pk"))
    if not observed or observed[0].price is None:
        return False
    newest = list(
        takewhile(lambda each: (each.price, each.currency) == (observed[0].price, observed[0].currency), observed)
    )
    price, currency, began = newest[0].price, newest[0].currency, newest[-1].observed_at
    hold(
        [
            HeldPrice(
                book=book,
                price=price,
                currency=currency,
                in_stock=newest[0].in_stock,
                held_at=began,
                reason=reason[:MAX_REASON],
            )
        ]
    )
    before = next(iter(observed[len(newest) :]), None)
    _retell(list(reversed(newest)), before)
    price, currency = (before.price, before.currency) if before else (None, None)
    give_price(book, price, currency, why="it was held")
    return True


def drop_waiting(books: Iterable[int]) -> None:
    """What waits for a verdict is no longer what the source says, and what it says was judged before."""
    HeldPrice.objects.waiting().filter(book__in=list(books)).retire()


def _retell(observed: "list[PriceObservation]", before: "PriceObservation | None") -> None:
    """Gives the observations the price before them; one that then says nothing new goes."""
    for each in observed:
        each.price, each.currency = (before.price, before.currency) if before else (None, None)
        if before and each.in_stock == before.in_stock:
            each.delete()
        else:
            each.save(update_fields=["price", "currency"])
            before = each
