"""`python -m tests.fakes.shop` serves a shop of 1,000 books until Ctrl-C; `make demo` and the benchmarks start it."""

import argparse
import contextlib

from tests.fakes.shop.app import Faults, Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import create_server


def main() -> None:
    parser = argparse.ArgumentParser(description="Serves a bookshop of 1,000 books on loopback.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument(
        "--port", type=int, default=0, help="the port to listen on; 0 chooses a free one (default: %(default)s)"
    )
    parser.add_argument("--latency-ms", type=float, default=0, help="milliseconds to wait before every response")
    options = parser.parse_args()
    shop = Shop(read_books(), Faults(latency=options.latency_ms / 1000))
    with create_server(shop, options.port, options.host) as server:
        print(f"shop at http://{options.host}:{server.server_port}/", flush=True)  # noqa: T201  callers read the address from this line
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


if __name__ == "__main__":
    main()
