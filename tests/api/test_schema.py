"""The OpenAPI document is true: schemathesis sends what it allows and more."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.api.surface import FILE, surface


@schemathesis.serializer("application/x-ndjson")
def ndjson(context: object, value: object) -> bytes:
    """Generated text as the bytes of a body."""
    return str(value).encode("utf-8", "replace")


OPERATIONS = 23


def fuzz(app: FastAPI, examples: int) -> int:
    """Send generated requests to every operation; the number of operations.

    What fits the schema may still be refused: 32 words at most, years that notes have.
    """
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    for operation in operations:

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def send(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        send()
    return len(operations)


def test_no_request_brings_a_5xx_or_an_undeclared_answer(app: FastAPI) -> None:
    assert fuzz(app, 40) == OPERATIONS


@pytest.mark.slow
def test_many_requests_bring_no_5xx_or_undeclared_answer(app: FastAPI) -> None:
    assert fuzz(app, 300) == OPERATIONS


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
