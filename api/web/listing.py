"""Rows -> a table whose order, filter and page are in the address; and the same rows as a file.

A second table of a page has a name, which its parameters begin with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.answers import XLSX
from engine.rows.column import Row
from engine.rows.table import Table
from engine.rows.table_files import csv_text, xlsx_bytes

_PAGE, _MOST = 50, 1_000


@dataclass(frozen=True)
class Listing:
    """One page of a table: `order` is a column, `down` its direction; `pages` in all."""

    rows: Sequence[Row]
    columns: Sequence[str]
    total: int
    order: str
    down: bool
    wanted: str
    number: int
    pages: int
    name: str = ""

    @property
    def numeric(self) -> frozenset[str]:
        """Columns of numbers, known or not."""
        return frozenset(
            column for column in self.columns if any(_is_number(row[column]) for row in self.rows)
        )


def listing(request: Request, table: Table, name: str = "") -> Listing:
    """The page that the address asks for: `o` order, `f` filter, `p` page, `n` rows."""
    fields = request.query_params
    kept = chosen(request, table, name)
    order, down = _order(fields.get(f"{name}o", ""), table.columns)
    size = _whole(fields.get(f"{name}n"), _PAGE, _MOST)
    pages = max(1, -(-len(kept) // size))
    number = min(_whole(fields.get(f"{name}p"), 1, pages), pages)
    part = kept[(number - 1) * size : number * size]
    wanted = fields.get(f"{name}f", "")
    return Listing(part, table.columns, len(kept), order, down, wanted, number, pages, name)


def chosen(request: Request, table: Table, name: str = "") -> list[Row]:
    """All rows that pass the filter, in the order asked for; unknown values last."""
    wanted = request.query_params.get(f"{name}f", "").strip().lower()
    columns = table.columns
    kept = [row for row in table if wanted in " ".join(str(row[c]) for c in columns).lower()]
    order, down = _order(request.query_params.get(f"{name}o", ""), columns)
    if not order:
        return kept
    valued = [row for row in kept if row[order] is not None]
    text = any(isinstance(row[order], str) for row in valued)
    valued.sort(key=lambda row: str(row[order]) if text else row[order], reverse=down)
    return valued + [row for row in kept if row[order] is None]


def download(request: Request, table: Table, file: str, name: str = "") -> Response | None:
    """The rows as a file, when the address asks for one of this table."""
    kind = request.query_params.get("format")
    if kind not in ("csv", "xlsx") or request.query_params.get("table", "") != name:
        return None
    kept = chosen(request, table, name)
    if kind == "csv":
        content = "".join(csv_text(kept, table.columns)).encode()
    else:
        content = xlsx_bytes(kept, table.columns)
    headers = {"Content-Disposition": f'attachment; filename="{file}.{kind}"'}
    return Response(content, headers=headers,
                    media_type="text/csv; charset=utf-8" if kind == "csv" else XLSX)  # fmt: skip


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _order(text: str, columns: Sequence[str]) -> tuple[str, bool]:
    name = text.removeprefix("-")
    return (name, text.startswith("-")) if name in columns else ("", False)


def _whole(text: str | None, usual: int, most: int) -> int:
    return min(max(int(text), 1), most) if text and text.isdecimal() and len(text) < 6 else usual
