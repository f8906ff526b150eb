"""Why the rest of a sitemap cannot be read."""


class SitemapError(Exception):
    """The message completes a sentence that starts with the address of the sitemap."""
