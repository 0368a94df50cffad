"""Rows with their columns: what a notebook shows as a table, and files are written from."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from engine.errors import BadOption
from engine.rows.column import Row, columns, rows_of
from engine.rows.table_files import write_table

_KINDS = {".csv": "csv", ".xlsx": "xlsx", ".jsonl": "jsonl"}


@dataclass(frozen=True)
class Table:
    """Flat rows; iterate them, show them in a notebook, write them to csv, xlsx or jsonl."""

    rows: Sequence[Row]
    columns: Sequence[str]

    @classmethod
    def of(cls, row: type, values: Sequence[Sequence[Any]], optional: bool = False) -> Self:
        """Rows from values that stand in the order of the definition's keys; `optional` for those
        that have all keys."""
        return cls(rows_of(row, values, optional), columns(row, optional))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def cells(self, names: Sequence[str] = ()) -> list[list[Any]]:
        """The values of each row, of all columns or of those that are named."""
        return [[row[name] for name in names or self.columns] for row in self.rows]

    def write(self, path: Path) -> int:
        """Write a file by its suffix; the number of rows."""
        kind = _KINDS.get(path.suffix.lower())
        if kind is None:
            raise BadOption(f"{path} is no csv, xlsx or jsonl", "give a name that ends in .xlsx")
        return write_table(self.rows, self.columns, path, kind)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in cells) + "</tr>"
            for cells in self.cells()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return html.escape(f"{value:.4g}" if isinstance(value, float) else str(value))
