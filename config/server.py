"""Starts the web server: `python -m config.server --host 0.0.0.0 --port 8000`."""

import os
import sys
from pathlib import Path

GRANIAN = str(Path(sys.executable).with_name("granian"))
ARGUMENTS = [
    "--interface", "rsgi", "config.rsgi:application",
    "--task-impl", "asyncio",  # timeouts do not cancel reads with granian's own implementation
    "--http", "1", "--no-ws",
    "--http1-header-read-timeout", "15000",  # milliseconds, also for idle connections
    "--http1-buffer-size", "65536",  # bytes; request headers over 100 KB are rejected
    "--log-level", "warning",
    "--workers-kill-timeout", "3",
]  # fmt: skip

if __name__ == "__main__":
    os.execv(GRANIAN, [GRANIAN, *ARGUMENTS, *sys.argv[1:]])  # noqa: S606  no shell is needed
