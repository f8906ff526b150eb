"""Forms of the notification settings. The rules are those of users.notifications, as in the API."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.exceptions import Conflict
from users.models import Channel, NotificationPreferences, User
from users.models.channel import MAX_ADDRESS
from users.notifications.channels import KIND_CHOICES, NewChannel, add_channel
from users.notifications.timetables import change_preferences, load_preferences

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
STAFF_FIELDS = ("staff_runs", "staff_reviews")


def clock_widget() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class PreferencesForm(forms.ModelForm[NotificationPreferences]):
    weekday = forms.TypedChoiceField(choices=list(enumerate(WEEKDAYS)), coerce=int, label="Day of weekly digests")

    class Meta:
        model = NotificationPreferences
        fields = ["quiet_from", "quiet_until", "digest_time", "weekday", *STAFF_FIELDS]
        labels = {
            "quiet_from": "Send nothing from",
            "quiet_until": "Send nothing until",
            "digest_time": "Time of digests",
            "staff_runs": "Notify me about failed and rejected crawls, and paused shops",
            "staff_reviews": "Notify me about prices that wait for review",
        }
        widgets = {name: clock_widget() for name in ("quiet_from", "quiet_until", "digest_time")}

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "instance": load_preferences(user)})
        self.user = user
        self.time_zone = user.time_zone.replace("_", " ")
        for name in () if user.is_staff else STAFF_FIELDS:
            del self.fields[name]

    @property
    def staff_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in STAFF_FIELDS if name in self.fields]

    def apply(self) -> None:
        change_preferences(self.user, self.cleaned_data)


class ChannelForm(forms.Form):
    kind = forms.ChoiceField(choices=KIND_CHOICES, label="Send to")
    address = forms.CharField(
        max_length=MAX_ADDRESS,
        help_text="An e-mail address, the https:// address of a webhook, or that of an ntfy topic, such as "
        "https://ntfy.sh/my-topic.",
    )
    token = forms.CharField(
        max_length=200, required=False, label="Access token", help_text="Only for an ntfy topic that needs one.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    schedule = forms.ChoiceField(choices=Channel.Schedule.choices, label="How often")

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"prefix": "channel", **options})
        self.user = user

    def apply(self, *, origin: str) -> Channel | None:
        """Returns None, with errors in the form, if the channel cannot be added. Raises Throttled."""
        try:
            return add_channel(NewChannel(**self.cleaned_data), owner=self.user, origin=origin)
        except ValidationError as error:
            self.add_error(None, error)
        except Conflict as error:
            self.add_error("address", str(error.detail))
        return None
