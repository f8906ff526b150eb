"""Which library a page shows or changes: the reader's own, or the shared one."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect

from core.api.permissions import is_same_site
from users.models import User
from web.page import is_from_htmx

SHARED = "shared"  # the parameter that selects the shared library, with the value "true"


@dataclass(frozen=True, slots=True)
class Library:
    """The library of `owner`; None is the shared one. `is_for_member` states whether the reader has an account."""

    owner: User | None
    is_for_member: bool = True

    @property
    def is_shared(self) -> bool:
        return self.owner is None

    @property
    def name(self) -> str:
        """Its name within a sentence."""
        return "the shared library" if self.is_shared else "your library"

    @property
    def form_query(self) -> str:
        """The query of the addresses that its forms are sent to."""
        return f"?{SHARED}=true" if self.is_shared else ""

    @property
    def page_query(self) -> str:
        """The query of the addresses of pages. Visitors have no other library to select."""
        return self.form_query if self.is_for_member else ""


def find_library(request: HttpRequest) -> Library | None:
    """The shared library for visitors, and for members who select it. None if the reader has to sign in.

    A change by a visitor has to select the shared library, so that the form of a member without a session does not
    change it. Raises PermissionDenied for a member while there is no shared library, and for a visitor's change
    from a page of another site, as the API does.
    """
    selects_shared = "true" in (request.GET.get(SHARED), request.POST.get(SHARED))
    if isinstance(request.user, User):
        if selects_shared and not settings.SHARED_SHELF:
            raise PermissionDenied
        return Library(None if selects_shared else request.user)
    is_change = request.method == "POST"
    if not settings.SHARED_SHELF or (is_change and not selects_shared):
        return None
    if is_change and not is_same_site(request):
        raise PermissionDenied
    return Library(None, is_for_member=False)


class LibraryFormMixin:
    """View mixin for forms of a library. A reader who has to sign in returns to `get_return_path` afterwards."""

    library: Library

    def get_return_path(self) -> str:
        """The path of the page with the form, because the form's own address accepts only POST."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            library = find_library(request)
            if library is None:
                sign_in = redirect_to_login(self.get_return_path())
                return HttpResponseClientRedirect(sign_in.url) if is_from_htmx(request) else sign_in
            self.library = library
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of a view
        return response
