"""The web server as it is started everywhere: `python -m config.server --host 0.0.0.0 --port 8000`."""

import os
import sys
from pathlib import Path

GRANIAN = str(Path(sys.executable).with_name("granian"))
ARGUMENTS = [
    "--interface", "rsgi", "config.rsgi:application",
    "--task-impl", "asyncio",  # with the other one a time limit ends nothing
    "--http", "1", "--no-ws",
    # A client that is slow to ask, or asks nothing more, is let go
    "--http1-header-read-timeout", "15000",
    "--http1-buffer-size", "65536",  # bytes; a head is refused past 100 KB
    "--log-level", "warning",
    "--workers-kill-timeout", "3",
]  # fmt: skip

if __name__ == "__main__":
    os.execv(GRANIAN, [GRANIAN, *ARGUMENTS, *sys.argv[1:]])  # noqa: S606  no shell is wanted
