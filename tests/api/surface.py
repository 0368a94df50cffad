"""What the API promises, a line a thing: `python -m tests.api.surface` writes surface.txt anew."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.app import create_app
from engine.engine import Engine

FILE = Path(__file__).with_name("surface.txt")


def surface() -> str:
    """Operations with their parameters and statuses, then schemas with their keys."""
    with tempfile.TemporaryDirectory() as folder:
        with Engine.open(Path(folder), create=True) as engine:
            openapi = create_app(engine).openapi()
        return "".join(f"{line}\n" for line in (*_operations(openapi), *_schemas(openapi)))


def _operations(openapi: dict[str, Any]) -> Iterator[str]:
    for path, methods in sorted(openapi["paths"].items()):
        for method, operation in sorted(methods.items()):
            names = " ".join(sorted(p["name"] for p in operation.get("parameters", ())))
            statuses = " ".join(sorted(operation["responses"]))
            yield f"{method.upper()} {path} ({operation['operationId']}): {names} -> {statuses}"


def _schemas(openapi: dict[str, Any]) -> Iterator[str]:
    for name, schema in sorted(openapi["components"]["schemas"].items()):
        keys = schema.get("properties")
        if keys:
            yield f"{name}: {' '.join(keys)}"


if __name__ == "__main__":
    FILE.write_text(surface(), "utf-8")
