"""python -m api: serve the library that the environment names."""

from __future__ import annotations

import os
import sys

from api.serving import serve
from engine.errors import BadOption, NoterankError
from engine.library import default_folder


def main() -> None:
    """Serve $NOTERANK_LIBRARY on $NOTERANK_HOST:$NOTERANK_PORT by $NOTERANK_RULES."""
    try:
        port = os.environ.get("NOTERANK_PORT") or "8080"
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            raise BadOption(f"NOTERANK_PORT is '{port}'", "give a number from 1 to 65535")
        host = os.environ.get("NOTERANK_HOST") or "127.0.0.1"
        serve(default_folder(), host, int(port), os.environ.get("NOTERANK_RULES"))
    except NoterankError as error:
        sys.exit(f"noterank: {error}")


if __name__ == "__main__":
    main()
