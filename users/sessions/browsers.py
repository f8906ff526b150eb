"""Names of browsers and systems in the header User-Agent, for the list of one's own sessions."""

# The first text that occurs decides: most browsers also name those that they are compatible with.
BROWSERS = [
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
]  # fmt: skip
SYSTEMS = [
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
]  # fmt: skip


def describe_browser(user_agent: str) -> str:
    """Such as "Firefox on Linux". For other programs the beginning of the header; empty if there is none."""
    browser = find(BROWSERS, user_agent)
    system = find(SYSTEMS, user_agent)
    if not browser:
        return user_agent[:60]
    return f"{browser} on {system}" if system else browser


def find(names: list[tuple[str, str]], text: str) -> str:
    return next((name for mark, name in names if mark in text), "")
