"""What a page may load, and where it may be shown."""

# Scripts of our own, none inside a page; pictures from anywhere: covers are where shops and Open Library have them
DIRECTIVES = {
    "default-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: http: https:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def policy(changed: dict[str, str] | None = None) -> str:
    """The header's value, with other directives or more of them."""
    return "; ".join(f"{name} {sources}" for name, sources in {**DIRECTIVES, **(changed or {})}.items())
