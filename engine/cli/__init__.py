"""The noterank command: the same words as the endpoints."""

from engine.cli import (  # noqa: F401  (commands register)
    answers,
    demo,
    draft,
    extract,
    fights,
    imports,
    keep,
    keys,
    keywords,
    lexicon,
    moves,
    notes,
    serve,
    trust,
)
from engine.cli.app import app, main

__all__ = ["app", "main"]
