"""The layer below the apps: code that all apps use, independent of books."""

__version__ = "0.1.0"
