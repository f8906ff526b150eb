"""`python -m tests.fakes.shop` serves a shop of 1,000 books until Ctrl-C. `make demo` and the benchmarks use it."""

import argparse
import contextlib

from tests.fakes.shop import server
from tests.fakes.shop.app import Faults, Shop
from tests.fakes.shop.catalogue import read_books


def main() -> None:
    parser = argparse.ArgumentParser(description="Serves a bookshop of 1,000 books on loopback.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--latency-ms", type=float, default=0, help="before every answer")
    options = parser.parse_args()
    shop = Shop(read_books(), Faults(latency=options.latency_ms / 1000))
    with server.make(shop, options.port, options.host) as opened:
        print(f"shop at http://{options.host}:{opened.server_port}/", flush=True)  # noqa: T201  what a caller waits for
        with contextlib.suppress(KeyboardInterrupt):
            opened.serve_forever()


if __name__ == "__main__":
    main()
