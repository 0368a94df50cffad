"""A JSON object -> one level of cells, in the plain types that other tools wrap."""

from __future__ import annotations

from collections.abc import Mapping

_DEEPEST = 4
_NUMBERS = {"$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "$oid", "$uuid"}


def flat(item: Mapping[str, object]) -> dict[str, object]:
    """`{"user": {"id": 1}}` as `{"user.id": 1}`; lists stay whole, wrappers go."""
    cells: dict[str, object] = {}
    _flatten(item, "", 0, cells)
    return cells


def _flatten(item: Mapping[str, object], before: str, depth: int, cells: dict[str, object]) -> None:
    for key, value in item.items():
        cell = unwrapped_cell(value) if isinstance(value, dict | list) else value
        if isinstance(cell, dict) and cell and depth < _DEEPEST:
            _flatten(cell, f"{before}{key}.", depth + 1, cells)
        else:
            cells[before + key] = cell


def unwrapped_cell(value: object) -> object:
    """What MongoDB's extended JSON and the records of a Bitable wrap; other values as they are."""
    if isinstance(value, dict):
        return _of_mongo(value) if len(value) == 1 else _of_bitable(value)
    if isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
        runs = [_run(part) for part in value if isinstance(part, dict)]
        return "".join(map(str, runs)) if all(run is not None for run in runs) else value
    return value


def _of_mongo(value: dict[str, object]) -> object:
    ((key, inner),) = value.items()
    if key in _NUMBERS:
        return inner
    if key == "$date":
        return unwrapped_cell(inner)
    return value


def _of_bitable(value: dict[str, object]) -> object:
    """The address of `{link, text}`, the value of `{type, value: […]}`."""
    if "link" in value and not value.keys() - {"link", "text", "type"}:
        return value["link"] or value.get("text")
    if value.keys() == {"type", "value"}:
        return unwrapped_cell(value["value"])
    return value


def _run(part: dict[str, object]) -> object:
    """The text of a run of rich text; None of anything else."""
    rich = "text" in part and not part.keys() - _RUN_KEYS
    return part.get("link") or part["text"] if rich and isinstance(part["text"], str) else None


_RUN_KEYS = {"text", "type", "link", "style", "mentionType", "token", "segmentStyle"}
