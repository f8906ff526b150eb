"""Rate limits of signing in and of registration."""

from hashlib import sha256

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.views import APIView

from core.api.throttling import PerAddressThrottle, RateFromSetting
from users.emails import make_email_key
from users.models import User


class LoginsPerAddressThrottle(PerAddressThrottle):
    scope = "LOGINS_PER_ADDRESS"


class RegistrationsPerAddressThrottle(PerAddressThrottle):
    """Staff are not limited."""

    scope = "REGISTRATIONS_PER_ADDRESS"

    def allow_request(self, request: Request, view: APIView) -> bool:
        return request.user.is_staff or super().allow_request(request, view)


def limit_registrations(request: HttpRequest) -> None:
    """Counts a registration with a form. Raises Throttled if the rate of the address is exceeded."""
    if not getattr(request.user, "is_staff", False):
        throttle = RegistrationsPerAddressThrottle()
        throttle.check(throttle.get_identity(Request(request)))


class LoginsPerAccountThrottle(RateFromSetting):
    """Counts the attempts at an account, or at an address without one, so that a 429 does not reveal accounts.

    An account has one counter, however its address is written.
    """

    scope = "LOGINS_PER_ACCOUNT"

    def check_account(self, user: AbstractBaseUser) -> None:
        """Raises Throttled if the rate is exceeded."""
        self.check(f"account {user.pk}")

    def check_email(self, email: str) -> None:
        """Raises Throttled if the rate is exceeded."""
        key = make_email_key(email)
        account = User.objects.filter(email_key=key).only("pk").first()
        if account is not None:
            self.check_account(account)
        else:
            self.check(f"address {sha256(key.encode()).hexdigest()}")  # hashed, because people also type passwords here
