"""Facets of the catalogue: choices of filters with their numbers of books."""
