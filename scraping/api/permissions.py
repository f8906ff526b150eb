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


class ShopPermissions(StaffModelPermissions):
    """Staff need `view_shop` to read shops, `add_shop` to allow one, and `change_shop` to change one."""

    message = "Only staff can see and allow shops."
    perms_map = {"GET": [VIEW], "HEAD": [VIEW], "OPTIONS": [VIEW], "POST": [ADD], "PATCH": [CHANGE]}


class ShopDecisionPermissions(ShopPermissions):
    """Staff need `change_shop` to confirm, pause, block and resume a shop."""

    perms_map = {**ShopPermissions.perms_map, "POST": [CHANGE]}
