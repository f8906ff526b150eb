"""The widths in which covers are served, in pixels, in ascending order."""

WIDTHS = (120, 240, 440)
