"""Prices too odd to believe: held until a person has looked at them."""

from collections.abc import Iterable
from decimal import Decimal
from typing import ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

MAX_FACTOR = 5  # up or down, from the price before


def why_odd(price: Decimal | None, currency: str | None, before: tuple[Decimal | None, str | None]) -> str | None:
    """The reason to hold a price, in words; None for one that can be believed. `before` is the last accepted one."""
    last, last_currency = before
    if price is None:
        return None
    if price == 0:
        return "It is zero."
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

    @transaction.atomic
    def accept(self) -> int:
        """Gives the books the prices that wait, as if the source had just said them. How many there were."""
        held = list(self.waiting().select_for_update(of=("self",)).select_related("book"))
        for each in held:
            each.apply()
        return len(held)

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
    price = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3)
    in_stock = models.BooleanField()
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=State.choices, default=State.HELD)
    held_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[HeldPriceQuerySet] = HeldPriceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-held_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["book"], condition=Q(state="held"), name="one_held_price_a_book"),
            models.CheckConstraint(condition=Q(price__gte=0), name="held_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.price} {self.currency} for {self.book}"

    def apply(self) -> None:
        """The history has the price from the time that the source said it; a price that a person set stays."""
        self.book.observations.create(
            observed_at=self.held_at, price=self.price, currency=self.currency, in_stock=self.in_stock
        )
        if not self.book.curated_fields.filter(field="price").exists():
            self.book.price, self.book.currency = self.price, self.currency
            self.book.save(update_fields=["price", "currency", "updated_at"])
        self.state, self.decided_at = self.State.ACCEPTED, timezone.now()
        self.save(update_fields=["state", "decided_at"])


def hold(prices: Iterable[HeldPrice]) -> None:
    """Keeps each as its book's one waiting price, in place of an earlier one; not what was dismissed before."""
    prices = list(prices)
    asked = HeldPrice.objects.filter(book__in=[each.book_id for each in prices])
    known = {
        (each.book_id, each.price, each.currency)
        for each in asked.filter(state__in=[HeldPrice.State.HELD, HeldPrice.State.DISMISSED])
    }
    new = [each for each in prices if (each.book_id, each.price, each.currency) not in known]
    overtake([each.book_id for each in new])
    HeldPrice.objects.bulk_create(new)


def overtake(books: Iterable[int]) -> None:
    """A later price of these books has come: what waited is history."""
    waiting = HeldPrice.objects.waiting().filter(book__in=list(books))
    waiting.update(state=HeldPrice.State.OVERTAKEN, decided_at=timezone.now())
