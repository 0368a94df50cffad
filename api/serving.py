"""A library -> a server on this machine, until Ctrl-C."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from api.app import create_app
from api.keys import Keys
from api.middleware import origins
from api.middleware.log import Log
from api.middleware.wire import Wire
from engine import kernels
from engine.engine import Engine
from engine.errors import BadOption

_BACKLOG = 128  # connections that wait to be accepted


@dataclass(frozen=True, slots=True)
class Manner:
    """How to serve: host names and origins that are let in besides our own, and what is logged."""

    hosts: Sequence[str] = ()
    origins: Sequence[str] = ()
    log_queries: bool = False
    quiet: bool = False


def serve(
    library: Path, host: str, port: int, rules: str | None, manner: Manner = Manner()
) -> None:
    """Serve a library; BadOption for a busy port, or for an address that others reach while the
    library has no key."""
    origins.checked(manner.origins)
    if not _loopback(host) and not Keys(library).all():
        raise BadOption(
            f"{host} is not this machine alone, and the library has no key",
            "bind 127.0.0.1, or make one with `noterank keys add NAME`",
        )
    kernels.compile_always()  # who serves many answers waits once, not every now and then
    with _listening(host, port) as listener, Engine.open(library, rules) as engine:
        where = f"[{host}]" if ":" in host else host
        print(
            f"noterank: http://{where}:{port}/docs  (library {library},"
            f" {engine.ready()[0]:,} notes, {engine.rule_set.label}; Ctrl-C stops)",
            file=sys.stderr,
        )
        config = uvicorn.Config(
            create_app(engine, [host, *manner.hosts], manner.origins, manner.log_queries),
            http=Wire,
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
        )
        log = Log(answers=not manner.quiet)
        try:
            with contextlib.suppress(KeyboardInterrupt):  # uvicorn ends in order and raises again
                uvicorn.Server(config).run(sockets=[listener])
        finally:
            log.close()


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listening(host: str, port: int) -> socket.socket:
    """A socket bound before anything else is done, so that a busy port is one line.

    It listens at once: who connects after the line is printed waits and is not refused.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once (TCP_NODELAY) only where the protocol is named
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise BadOption(
            f"port {port} on {host} cannot be had ({error.strerror})", "choose another --port"
        ) from error
    return listener
