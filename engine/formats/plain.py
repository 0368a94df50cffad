"""A cell of any type -> its text."""

from __future__ import annotations

import json
from datetime import date

from engine.formats.record import encodable


def plain(value: object) -> str:
    """A cell as text: None is "", a whole float of a spreadsheet loses its `.0`."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.isoformat() if isinstance(value, date) else str(value)


def shown(value: object) -> str:
    """A value in a message: quoted, on one line, at most 40 characters."""
    cell = encodable(plain(value))
    return repr(cell if len(cell) <= 40 else cell[:39] + "…")
