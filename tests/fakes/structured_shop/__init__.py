"""Shops that describe their products with schema.org, each in another form."""
