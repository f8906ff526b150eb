"""Rate limits of signing in and of registration."""

from hashlib import sha256

from rest_framework.request import Request
from rest_framework.views import APIView

from core.api.throttling import PerAddressThrottle, RateFromSetting


class LoginsPerAddressThrottle(PerAddressThrottle):
    scope = "LOGINS_PER_ADDRESS"


class RegistrationsPerAddressThrottle(PerAddressThrottle):
    """Staff are not limited."""

    scope = "REGISTRATIONS_PER_ADDRESS"

    def allow_request(self, request: Request, view: APIView) -> bool:
        return request.user.is_staff or super().allow_request(request, view)


class LoginsPerAccountThrottle(RateFromSetting):
    """Counts attempts per e-mail address, with or without an account, so that a 429 does not reveal accounts."""

    scope = "LOGINS_PER_ACCOUNT"

    def get_identity(self, request: Request) -> str | None:
        if request.method != "POST":
            return None  # the view responds 405; reading a malformed body here would respond 422
        body: object = request.data
        email = body.get("email") if isinstance(body, dict) else None
        return hash_email(email) if isinstance(email, str) else None

    def check_email(self, email: str) -> None:
        """Counts an attempt outside the login route. Raises Throttled if the rate is exceeded."""
        self.check(hash_email(email))


def hash_email(email: str) -> str:
    """A cache key without the address itself; upper and lower case are equal."""
    return sha256(email.strip().lower().encode()).hexdigest()
