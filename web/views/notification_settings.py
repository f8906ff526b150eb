"""The page of the account about notifications: channels, digests, quiet hours and the private feed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy

from users.accounts.password_mails import public_address
from users.models import Channel
from users.notifications import channels
from users.notifications.confirmations import request_confirmation
from users.notifications.feeds import remove_feed, renew_feed_secret
from users.notifications.timetables import load_preferences
from web.notification_forms import ChannelForm, PreferencesForm
from web.views.account_settings import AccountFormView, get_reader


class NotificationSettingsView(AccountFormView):
    """The form saves digests and quiet hours. Only the response that makes a secret shows it."""

    template_name = "web/account_notifications.html"
    form_class: type[forms.BaseForm] = PreferencesForm
    success_url = reverse_lazy("web:account-notifications")
    part, heading = "notifications", "Notification settings"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        reader = get_reader(self)
        shown = {
            "channels": list(Channel.objects.filter(owner=reader)),
            "schedules": Channel.Schedule.choices,
            "has_feed": load_preferences(reader).feed_hash is not None,
            "channel_form": ChannelForm(reader, label_suffix=""),
        }
        return super().get_context_data(**{**shown, **context})

    def form_valid(self, form: Any) -> HttpResponse:
        form.apply()
        messages.success(self.request, "Your notification settings were saved.")
        return super().form_valid(form)

    def show_secret(self, **secret: str) -> HttpResponse:
        """The page with a new secret, which no cache stores."""
        form = PreferencesForm(get_reader(self), label_suffix="")
        response = self.render_to_response(self.get_context_data(form=form, **secret))
        response.headers["Cache-Control"] = "no-store"
        return response


class ChannelAddView(NotificationSettingsView):
    http_method_names = ["post"]
    form_class = ChannelForm

    def form_valid(self, form: ChannelForm) -> HttpResponse:
        channel = form.apply(origin=public_address(self.request, ""))
        if channel is None:
            return self.form_invalid(form)
        if channel.kind == Channel.Kind.WEBHOOK:
            return self.show_secret(new_secret=channel.secret)
        is_email = channel.kind == Channel.Kind.EMAIL
        text = (
            f"Open the mail that was sent to {channel.address} to confirm it." if is_email else "The channel was added."
        )
        messages.success(self.request, text)
        return redirect("web:account-notifications")

    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        preferences = PreferencesForm(get_reader(self), label_suffix="")
        return self.render_to_response(self.get_context_data(form=preferences, channel_form=form), status=422)


class ChannelView(NotificationSettingsView):
    """Changes a channel; the button `do` decides how."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        channel = get_object_or_404(Channel, pk=kwargs["pk"], owner=get_reader(self))
        action = request.POST.get("do", "save")
        if action == "secret":
            return self.show_secret(new_secret=channels.renew_secret(channel))
        change = ACTIONS.get(action, save_schedule)
        messages.success(request, change(channel, request))
        return redirect("web:account-notifications")


def save_schedule(channel: Channel, request: HttpRequest) -> str:
    schedule = request.POST.get("schedule", "")
    if schedule in Channel.Schedule.values:
        channels.change_channel(channel, {"schedule": schedule})
    return "The channel was saved."


def send_test(channel: Channel, request: HttpRequest) -> str:
    channels.send_test(channel)
    return "A test message is on its way. Your notifications show whether it arrived."


def switch_on(channel: Channel, request: HttpRequest) -> str:
    channels.change_channel(channel, {"is_enabled": True})
    return "The channel is switched on."


def switch_off(channel: Channel, request: HttpRequest) -> str:
    channels.change_channel(channel, {"is_enabled": False})
    return "The channel is switched off."


def confirm_again(channel: Channel, request: HttpRequest) -> str:
    request_confirmation(channel)
    return f"Another mail was sent to {channel.address}."


def delete(channel: Channel, request: HttpRequest) -> str:
    channel.delete()
    return "The channel was deleted."


ACTIONS = {
    "save": save_schedule, "test": send_test, "on": switch_on, "off": switch_off, "confirm": confirm_again,
    "delete": delete,
}  # fmt: skip


class FeedSecretView(NotificationSettingsView):
    """Makes a new address of the private feed, or removes it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reader = get_reader(self)
        if request.POST.get("do") == "remove":
            remove_feed(reader)
            messages.success(request, "The private feed was removed.")
            return redirect("web:account-notifications")
        path = f"{reverse('web:notifications-feed')}?key={renew_feed_secret(reader)}"
        return self.show_secret(new_feed=request.build_absolute_uri(path))
