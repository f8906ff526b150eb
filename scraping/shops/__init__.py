"""Reads shops by the structured data of their product pages: one page, or a slice of many each night."""
