"""The page of the account about notifications: channels, digests, quiet hours and the private feed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView, View
from django.views.generic.base import ContextMixin, TemplateResponseMixin

from users.accounts.password_mails import public_origin
from users.models import Channel
from users.notifications import channels
from users.notifications.confirmations import request_confirmation
from users.notifications.feeds import remove_feed, renew_feed_secret
from users.notifications.timetables import load_preferences
from web.notification_forms import ChannelForm, PreferencesForm
from web.page import PageMixin
from web.views.account_settings import get_reader


class SettingsPage(PageMixin, TemplateResponseMixin, ContextMixin, View):
    """The page with its forms. Only the response that makes a secret shows it."""

    section = "account"
    template_name = "web/account_notifications.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        reader = get_reader(self)
        shown = {
            "part": "notifications",
            "heading": "Notification settings",
            "channels": list(Channel.objects.filter(owner=reader)),
            "schedules": Channel.Schedule.choices,
            "has_feed": load_preferences(reader).feed_hash is not None,
        }
        context.setdefault("form", PreferencesForm(reader, label_suffix=""))
        context.setdefault("channel_form", ChannelForm(reader, label_suffix=""))
        return super().get_context_data(**shown, **context)

    def show(self, status: int = 200, /, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context), status=status)

    def show_secret(self, **secret: str) -> HttpResponse:
        """No cache stores it."""
        response = self.show(**secret)
        response.headers["Cache-Control"] = "no-store"
        return response


@method_decorator(login_required, name="get")
@method_decorator(login_required, name="post")
class NotificationSettingsView(SettingsPage):
    """POST saves digests and quiet hours."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PreferencesForm(get_reader(self), request.POST, label_suffix="")
        if not form.is_valid():
            return self.show(422, form=form)
        form.apply()
        messages.success(request, "Your notification settings were saved.")
        return redirect("web:account-notifications")


@method_decorator(login_required, name="post")
class ChannelAddView(SettingsPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        form = ChannelForm(get_reader(self), request.POST, label_suffix="")
        channel = form.apply(origin=public_origin(request)) if form.is_valid() else None
        if channel is None:
            return self.show(422, channel_form=form)
        if channel.kind == Channel.Kind.WEBHOOK:
            return self.show_secret(new_secret=channel.secret)
        is_email = channel.kind == Channel.Kind.EMAIL
        text = (
            f"Open the mail that was sent to {channel.address} to confirm it." if is_email else "The channel was added."
        )
        messages.success(request, text)
        return redirect("web:account-notifications")


@method_decorator(login_required, name="post")
class ChannelView(SettingsPage):
    """Changes a channel; the button `do` decides how."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        channel = get_object_or_404(Channel, pk=pk, owner=get_reader(self))
        action = request.POST.get("do", "save")
        if action == "secret":
            return self.show_secret(new_secret=channels.renew_secret(channel))
        change = ACTIONS.get(action, save_schedule)
        messages.success(request, change(channel, request))
        return redirect("web:account-notifications")


@method_decorator(login_required, name="get")
@method_decorator(login_required, name="post")
class ChannelDeletionView(PageMixin, TemplateView):
    """GET asks for a confirmation, because a deleted channel cannot be restored."""

    section = "account"
    template_name = "web/channel_deletion.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        channel = self.find_channel()
        return super().get_context_data(
            part="notifications", heading="Delete a channel", channel=channel, waiting=channels.count_waiting(channel),
            **context,
        )  # fmt: skip

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        channel = self.find_channel()
        channels.delete_channel(channel)
        messages.success(request, f"The channel {channel} was deleted.")
        return redirect("web:account-notifications")

    def find_channel(self) -> Channel:
        return get_object_or_404(Channel, pk=self.kwargs["pk"], owner=get_reader(self))


@method_decorator(login_required, name="post")
class FeedSecretView(SettingsPage):
    """Makes a new address of the private feed, or removes it."""

    def post(self, request: HttpRequest) -> HttpResponse:
        reader = get_reader(self)
        if request.POST.get("do") == "remove":
            remove_feed(reader)
            messages.success(request, "The private feed was removed.")
            return redirect("web:account-notifications")
        path = f"{reverse('web:notifications-feed')}?key={renew_feed_secret(reader)}"
        return self.show_secret(new_feed=request.build_absolute_uri(path))


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


ACTIONS = {"save": save_schedule, "test": send_test, "on": switch_on, "off": switch_off, "confirm": confirm_again}
