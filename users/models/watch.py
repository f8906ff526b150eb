"""Price watches, and the rule that a reader's new watches start with."""

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Prefetch, Q

from books.models import Book

MIN_PERCENT, MAX_PERCENT = 1, 99
DEFAULT_PERCENT = 10


class WatchRule(models.TextChoices):
    AT_OR_BELOW = "at_or_below", "The price is at or below an amount"
    DROP_PERCENT = "drop_percent", "The price drops by per cent"
    DROP_AMOUNT = "drop_amount", "The price drops by an amount"
    LOWEST = "lowest", "The price is the lowest ever"
    BACK_IN_STOCK = "back_in_stock", "The book is back in stock"
    ANY_CHANGE = "any_change", "The price changes, up or down"


class WatchScope(models.TextChoices):
    BOOK = "book", "This row"
    WORK = "work", "Every row of the work"


AMOUNT_RULES = (WatchRule.AT_OR_BELOW, WatchRule.DROP_AMOUNT)
VALUELESS_RULES = (WatchRule.LOWEST, WatchRule.BACK_IN_STOCK, WatchRule.ANY_CHANGE)
# Null has to be excluded by name: a check passes if its condition is null.
PERCENT_IN_RANGE = Q(percent__isnull=False, percent__range=(MIN_PERCENT, MAX_PERCENT))
HAS_AMOUNT = Q(rule__in=AMOUNT_RULES, amount__isnull=False, amount__gt=0, currency__isnull=False, percent__isnull=True)
HAS_PERCENT = Q(PERCENT_IN_RANGE, rule=WatchRule.DROP_PERCENT, amount__isnull=True)
HAS_NO_VALUE = Q(rule__in=VALUELESS_RULES, amount__isnull=True, percent__isnull=True)


class PriceWatchQuerySet(models.QuerySet["PriceWatch"]):
    def owned_by(self, user: Any) -> Self:
        return self.filter(user=user)

    def active(self) -> Self:
        return self.filter(is_paused=False)

    def with_books(self) -> Self:
        """Loads the data of books for responses, with a fixed number of queries."""
        return self.prefetch_related(Prefetch("book", Book.objects.listed()))


def price_field(**options: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True, **options)


class PriceWatch(models.Model):
    """A reader's rule on the price or the availability of a book. users.watches.transitions describes the states.

    All its amounts are in `currency`, which is null until the book has a price. `start_price` is the price when the
    watch began, `seen_price` the last one that a watch on any change has compared. `fired_price` is the one of the last
    event while the state is "fired".
    """

    class State(models.TextChoices):
        ARMED = "armed", "Waiting"
        FIRED = "fired", "Reached"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="price_watches")
    book = models.ForeignKey(Book, models.PROTECT, related_name="price_watches")
    scope = models.CharField(max_length=8, choices=WatchScope.choices, default=WatchScope.BOOK)
    rule = models.CharField(max_length=16, choices=WatchRule.choices)
    amount = price_field(validators=[MinValueValidator(Decimal("0.01"))])
    percent = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(MIN_PERCENT), MaxValueValidator(MAX_PERCENT)]
    )
    currency = models.CharField(max_length=3, null=True, blank=True, help_text="ISO 4217, such as GBP.")
    start_price = price_field(editable=False)
    seen_price = price_field(editable=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ARMED, editable=False)
    fired_price = price_field(editable=False)
    fired_at = models.DateTimeField(null=True, editable=False, help_text="When it last fired.")
    is_paused = models.BooleanField("paused", default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = PriceWatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "price watches"
        indexes = [models.Index(fields=["book"], condition=Q(scope="work"), name="watch_of_work")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "book", "scope", "rule", "amount", "currency"],
                condition=Q(rule__in=AMOUNT_RULES),
                name="watch_of_amount_unique",
            ),
            models.UniqueConstraint(
                fields=["user", "book", "scope", "percent"],
                condition=Q(rule=WatchRule.DROP_PERCENT),
                name="watch_of_percent_unique",
            ),
            models.UniqueConstraint(
                fields=["user", "book", "scope", "rule"],
                condition=Q(rule__in=VALUELESS_RULES),
                name="watch_of_rule_unique",
            ),
            models.CheckConstraint(condition=HAS_AMOUNT | HAS_PERCENT | HAS_NO_VALUE, name="watch_rule_has_its_value"),
            models.CheckConstraint(condition=Q(scope__in=WatchScope.values), name="watch_scope_known"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="watch_currency_code"),
            models.CheckConstraint(
                condition=Q(currency__isnull=False)
                | Q(start_price__isnull=True, seen_price__isnull=True, fired_price__isnull=True),
                name="watch_price_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(state="fired", fired_at__isnull=False) | Q(state="armed", fired_price__isnull=True),
                name="watch_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()}: {self.book}"


class WatchDefault(models.Model):
    """The rule that the forms and the API of a reader start with."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="watch_default", primary_key=True
    )
    rule = models.CharField(max_length=16, choices=WatchRule.choices, default=WatchRule.DROP_PERCENT)
    percent = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        default=DEFAULT_PERCENT,
        validators=[MinValueValidator(MIN_PERCENT), MaxValueValidator(MAX_PERCENT)],
    )
    scope = models.CharField(max_length=8, choices=WatchScope.choices, default=WatchScope.BOOK)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(PERCENT_IN_RANGE, rule=WatchRule.DROP_PERCENT)
                | Q(rule__in=[*AMOUNT_RULES, *VALUELESS_RULES], percent__isnull=True),
                name="watch_default_percent",
            ),
            models.CheckConstraint(condition=Q(scope__in=WatchScope.values), name="watch_default_scope_known"),
        ]

    def __str__(self) -> str:
        return self.get_rule_display()
