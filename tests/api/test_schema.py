"""The OpenAPI document says what is promised; `test_fuzzing` sends what it allows and more."""

from __future__ import annotations

from fastapi import FastAPI

from tests.api.surface import FILE, surface


def test_every_operation_has_an_id_a_summary_and_declared_errors(app: FastAPI) -> None:
    for methods in app.openapi()["paths"].values():
        for operation in methods.values():
            assert operation["operationId"].islower()
            assert operation["summary"]
            for status, answer in operation["responses"].items():
                if status not in ("200", "202", "304"):
                    assert "application/problem+json" in answer["content"]


def test_what_the_api_promises_changes_only_on_purpose() -> None:
    """After a wanted change: `python -m tests.api.surface`."""
    assert surface() == FILE.read_text("utf-8")
