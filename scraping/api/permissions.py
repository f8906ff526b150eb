"""Permissions of the scrape runs."""

from rest_framework.permissions import IsAdminUser


class StaffOnly(IsAdminUser):
    message = "Only staff can start, view and cancel crawls."
