"""The description that a view returns for OPTIONS."""

from typing import Any

from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request


class ViewMetadata(SimpleMetadata):
    """Describes no fields of a single resource such as `/api/watches/default`.

    Django REST framework loads the object of every view with PUT, which fails for an address without the object's key.
    """

    def determine_actions(self, request: Request, view: Any) -> Any:
        return {} if _needs_key(view) else super().determine_actions(request, view)


def _needs_key(view: Any) -> bool:
    """Whether PUT would load an object by a key that the address lacks. Some views have another `get_object`."""
    if "PUT" not in view.allowed_methods or (view.lookup_url_kwarg or view.lookup_field) in view.kwargs:
        return False
    return bool(view.get_object.__module__ == "rest_framework.generics")  # which imports this module
