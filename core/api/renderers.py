"""The browsable API."""

import json
import re
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.request import override_method
from rest_framework.utils.formatting import dedent

from core.api.parsers import SENT_TEXT

WRITES = {"POST": {"POST"}, "PUT": {"PUT", "PATCH"}, "PATCH": {"PUT", "PATCH"}}  # one editor is for PUT and PATCH
# What screen readers need and the REST framework's template, which has no block there, does not contain.
ACCESSIBLE = {
    "<html>": '<html lang="en">',
    'title="Specify a format for the GET request"': 'aria-label="Formats of the GET request"',
}
EMPTY: tuple[Any, ...] = (None, "", [])


class JsonEditorRenderer(BrowsableAPIRenderer):
    """The browsable API with the JSON editor only.

    A generated HTML form has a select box with every row of a related table, which makes browsers fail on a large
    catalogue. The editor sends the JSON that an API client would send.
    """

    renderer_context: dict[str, Any]

    def render(self, *args: Any, **options: Any) -> str:
        page: str = super().render(*args, **options)
        for markup, replacement in ACCESSIBLE.items():
            page = page.replace(markup, replacement, 1)
        return page

    def get_rendered_html_form(self, data: Any, view: Any, method: str, request: Any) -> Any:
        if method in WRITES or (method == "DELETE" and needs_body_to_delete(view)):  # the button sends no body
            return None
        return super().get_rendered_html_form(data, view, method, request)

    def get_raw_data_form(self, data: Any, view: Any, method: str, request: Any) -> Any:
        """Fills the editor with the input that was rejected, or else with fields that the API accepts."""
        form: Any = super().get_raw_data_form(data, view, method, request)
        if not form:
            return form
        content = form.fields["_content"]
        is_rejected = self.renderer_context["response"].status_code >= 400 and request.method in WRITES[method]
        if is_rejected and SENT_TEXT in request.META:
            content.initial = request.META[SENT_TEXT]
        elif content.initial:
            with override_method(view, request, method):
                fields = view.get_serializer().fields
            content.initial = json.dumps(select_fields(json.loads(content.initial), fields, method), indent=4)
        return form


def needs_body_to_delete(view: Any) -> bool:
    return getattr(view, "action_map", {}).get("delete") in getattr(view, "actions_with_delete_body", ())


def select_fields(values: dict[str, Any], fields: Any, method: str) -> dict[str, Any]:
    """The values of writable fields that are valid as they are. A new row starts with the fields to fill in."""
    writable = {name: field for name, field in fields.items() if name in values and not field.read_only}
    if method == "POST":
        suggested = getattr(fields.serializer, "form_fields", ())
        return {name: values[name] for name, field in writable.items() if field.required or name in suggested}
    return {
        name: values[name]
        for name, field in writable.items()
        if not field.write_only and (values[name] not in EMPTY or accepts_empty(field, values[name]))
    }


def accepts_empty(field: Any, value: Any) -> bool:
    if value is None:
        return bool(field.allow_null)
    return bool(getattr(field, "allow_blank", False)) if value == "" else bool(getattr(field, "allow_empty", True))


def describe_view(view: Any, html: bool = False) -> str:  # noqa: FBT001, FBT002  the REST framework's signature
    """The documentation of a view, with paragraphs, and with code where the text has backticks."""
    text = dedent(view.description if getattr(view, "description", None) else view.__class__.__doc__ or "")
    return mark_up(text) if html else text


def mark_up(text: str) -> SafeString:
    paragraphs = re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))).split("\n\n")
    return mark_safe("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph))  # noqa: S308  escaped
