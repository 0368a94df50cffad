"""A library -> a server on this machine, until Ctrl-C."""

from __future__ import annotations

import ipaddress
import socket
import sys
from pathlib import Path

import uvicorn

from api.app import create_app
from engine.errors import BadOption
from engine.pipeline import Engine


def serve(library: Path, host: str, port: int, rules: str | None) -> None:
    """Serve a library on a loopback address; BadOption for another address or a busy port."""
    if not _loopback(host):
        raise BadOption(
            f"{host} is not this machine alone", "bind 127.0.0.1: this version has no keys"
        )
    with _listening(host, port) as listener, Engine.open(library, rules) as engine:
        engine.refresh()
        where = f"[{host}]" if ":" in host else host
        print(
            f"noterank: http://{where}:{port}/docs  (library {library},"
            f" {len(engine.index):,} notes, {engine.rule_set.label}; Ctrl-C stops)",
            file=sys.stderr,
        )
        config = uvicorn.Config(
            create_app(engine), log_level="warning", access_log=False, server_header=False
        )
        uvicorn.Server(config).run(sockets=[listener])


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listening(host: str, port: int) -> socket.socket:
    """A socket bound before anything else is done, so that a busy port is one line."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise BadOption(
            f"port {port} on {host} cannot be had ({error.strerror})", "choose another --port"
        ) from error
    return listener
