"""The rate limit of uploads."""

from rest_framework.request import Request

from core.api.throttling import RateFromSetting


class UploadsPerAccountThrottle(RateFromSetting):
    scope = "UPLOADS_PER_ACCOUNT"

    def get_identity(self, request: Request) -> str:
        return f"account {request.user.pk}"
