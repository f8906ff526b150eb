"""Reads sitemaps (sitemaps.org): XML, sitemap indexes and plain text. No Django, no HTTP, no database."""
