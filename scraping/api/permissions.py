"""Permissions of the scrape runs."""

from core.api.permissions import StaffModelPermissions

VIEW, ADD, CHANGE = (f"%(app_label)s.{action}_%(model_name)s" for action in ("view", "add", "change"))


class ScrapeRunPermissions(StaffModelPermissions):
    """Staff need `view_scraperun` to read runs, and `add_scraperun` to start one."""

    message = "Only staff can start, view and cancel crawls."
    perms_map = {"GET": [VIEW], "HEAD": [VIEW], "OPTIONS": [VIEW], "POST": [ADD]}


class CancelPermissions(ScrapeRunPermissions):
    """Staff need `change_scraperun` to cancel a run."""

    perms_map = {**ScrapeRunPermissions.perms_map, "POST": [CHANGE]}
