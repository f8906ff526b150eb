"""A shop with sitemaps and listing pages."""
