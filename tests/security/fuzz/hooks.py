"""Schemathesis hooks that sign requests in with a token from a file."""

import os
from pathlib import Path
from typing import Any

import schemathesis


@schemathesis.auth(refresh_interval=1)
class TokenFromFile:
    """Some operations end the token, so the driver writes a new one every second."""

    def get(self, case: Any, context: Any) -> str:
        return Path(os.environ["FUZZ_TOKEN"]).read_text(encoding="ascii")

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}
