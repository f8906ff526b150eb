"""Reads the product of any shop's page from its structured data: JSON-LD, microdata and OpenGraph. Pure.

The vocabulary is that of https://schema.org. A value is stated by the page, or it is absent, or it is a doubt with its
reason: no value is guessed, and no rule refers to a shop.
"""
