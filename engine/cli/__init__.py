"""The noterank command: the same words as the endpoints."""

from engine.cli.app import app, main

__all__ = ["app", "main"]
