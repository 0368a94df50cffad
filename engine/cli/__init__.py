"""The noterank command: the same words as the endpoints."""

from engine.cli import answers, demo, keep, lexicon, notes, serve  # noqa: F401  (commands register)
from engine.cli.app import app, main

__all__ = ["app", "main"]
