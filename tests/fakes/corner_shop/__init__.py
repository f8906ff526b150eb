"""A second shop with other markup, and the module that reads it: `site.py` is all that a new site needs."""
