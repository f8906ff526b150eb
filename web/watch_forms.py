"""The form of a price watch. The rules are those of users.watches, as in the API."""

from decimal import Decimal
from typing import Any

from django import forms

from core.money import format_money
from users.models import PriceWatch, WatchDefault, WatchRule, WatchScope
from users.models.watch import MAX_PERCENT, MIN_PERCENT
from users.watches.overview import Overview
from users.watches.targets import reduce_by_percent
from users.watches.watching import WatchTerms

PERCENTS = (5, 10, 15, 20, 25, 30, 40, 50, 75)
AMOUNT_FIELDS = {WatchRule.AT_OR_BELOW.value: "below", WatchRule.DROP_AMOUNT.value: "drop"}
VALUE_FIELDS = {WatchRule.DROP_PERCENT.value: "percent", **AMOUNT_FIELDS}
AMOUNT_ERRORS = {
    "invalid": "Enter an amount, such as 19.99.",
    "min_value": "Enter an amount above zero.",
    "max_digits": "The amount is too large.",
    "max_whole_digits": "The amount is too large.",
    "max_decimal_places": "Enter at most two decimal places.",
}
OTHER_RULE = "To use this value, choose its rule. To keep the chosen rule, {} here."


class AmountField(forms.DecimalField):
    def __init__(self, label: str, *, rule: WatchRule) -> None:
        attrs = {"step": "0.01", "min": "0.01", "inputmode": "decimal", "aria-label": label, "data-rule": rule.value}
        super().__init__(
            max_digits=10, decimal_places=2, min_value=Decimal("0.01"), required=False,
            widget=forms.NumberInput(attrs=attrs), error_messages=AMOUNT_ERRORS,
        )  # fmt: skip

    def clean(self, value: Any) -> Decimal | None:
        """With two decimal places, as in the API: an event that is written at once names this amount."""
        amount: Decimal | None = super().clean(value)
        return None if amount is None else amount.quantize(Decimal("0.01"))

    def to_python(self, value: Any) -> Any:
        """Rejects NaN here and not in `validate`, because Django compares it with the initial value first."""
        amount = super().to_python(value)
        if amount is not None and not amount.is_finite():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return amount


class WatchForm(forms.Form):
    """A rule with the value that it needs.

    The values of other rules are ignored. But one that was entered while the initial rule stayed chosen is an error,
    because the watch would have another rule than the reader expects. Scripts choose the rule.

    `price` is the one from which per cents are counted, in the currency of all amounts; both are None for a book
    without a price, whose form asks for the currency.
    """

    rule = forms.ChoiceField(choices=WatchRule.choices)
    percent = forms.TypedChoiceField(
        coerce=int, required=False, empty_value=None,
        widget=forms.Select(attrs={"aria-label": "Per cent", "data-rule": WatchRule.DROP_PERCENT.value}),
    )  # fmt: skip
    below = AmountField("Amount", rule=WatchRule.AT_OR_BELOW)
    drop = AmountField("Amount of the drop", rule=WatchRule.DROP_AMOUNT)
    currency = forms.CharField(max_length=3, required=False, widget=forms.TextInput(attrs={"placeholder": "GBP"}))
    every_row = forms.BooleanField(required=False)
    is_default = forms.BooleanField(required=False)

    def __init__(
        self, *args: Any, price: Decimal | None, currency: str | None, percent: int | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **{**options, "auto_id": "watch-%s"})
        self.price, self.known_currency = price, currency
        percents = sorted({*PERCENTS, percent or PERCENTS[0]})
        self.fields["percent"].choices = [(each, self._describe(each)) for each in percents]  # type: ignore[attr-defined]

    def _describe(self, percent: int) -> str:
        """With the resulting price, such as "10%: £46.59 or less"."""
        if self.price is None or self.known_currency is None:
            return f"{percent}%"
        return f"{percent}%: {format_money(reduce_by_percent(self.price, percent), self.known_currency)} or less"

    @classmethod
    def for_new(cls, overview: Overview, default: WatchDefault, data: Any = None) -> "WatchForm":
        """`overview` is that of a watch that is not stored."""
        initial = {
            "rule": default.rule,
            "percent": default.percent or 10,
            "every_row": default.scope == WatchScope.WORK,
        }
        watch = overview.watch
        return cls(data, initial=initial, price=watch.start_price, currency=watch.currency, percent=default.percent)

    @classmethod
    def of(cls, watch: PriceWatch, data: Any = None) -> "WatchForm":
        initial = {
            "rule": watch.rule,
            "percent": watch.percent or 10,
            AMOUNT_FIELDS.get(watch.rule, "below"): watch.amount,
            "every_row": watch.scope == WatchScope.WORK,
        }
        return cls(data, initial=initial, price=watch.start_price, currency=watch.currency, percent=watch.percent)

    def clean_percent(self) -> int | None:
        percent: int | None = self.cleaned_data["percent"]
        if percent is not None and not MIN_PERCENT <= percent <= MAX_PERCENT:
            raise forms.ValidationError(f"Enter a whole number from {MIN_PERCENT} to {MAX_PERCENT}.")
        return percent

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        rule = values.get("rule")
        for other, name in VALUE_FIELDS.items() if rule == self.initial.get("rule") else ():
            if other != rule and name in self.changed_data and values.get(name) is not None:
                former = self.initial.get(name)
                self.add_error(name, OTHER_RULE.format("enter nothing" if former is None else f"choose {former}%"))
        return values

    def terms(self) -> WatchTerms:
        """Of a valid form."""
        rule = self.cleaned_data["rule"]
        amount = self.cleaned_data[AMOUNT_FIELDS[rule]] if rule in AMOUNT_FIELDS else None
        currency = (self.known_currency or self.cleaned_data["currency"].upper() or None) if amount else None
        return WatchTerms(
            rule=rule,
            scope=WatchScope.WORK if self.cleaned_data["every_row"] else WatchScope.BOOK,
            amount=amount,
            currency=currency,
            percent=self.cleaned_data["percent"] if rule == WatchRule.DROP_PERCENT else None,
        )

    def add_api_errors(self, errors: dict[str, Any]) -> None:
        """The errors of a service, at the fields of this form."""
        amount = AMOUNT_FIELDS.get(self.cleaned_data["rule"], "below")
        names = {"amount": amount, "scope": "every_row", "percent": "percent", "currency": "currency"}
        for field, texts in errors.items():
            for text in [texts] if isinstance(texts, str) else texts:
                self.add_error(
                    names.get(field) if not self.known_currency or field != "currency" else amount, str(text)
                )
