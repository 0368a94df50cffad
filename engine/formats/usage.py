"""Which columns of a table were read, and which were not: every column is one or the other."""

from __future__ import annotations

from collections.abc import Iterable


class Usage:
    """The columns of the rows read so far, in the order they appear; it grows with the rows."""

    def __init__(self) -> None:
        self._heads: set[tuple[str, ...]] = set()
        self._columns: dict[str, bool] = {}

    def see(self, head: tuple[str, ...], used: Iterable[str]) -> None:
        """Count a row's columns; a column that any kind of row uses is used."""
        if head in self._heads:
            return
        self._heads.add(head)
        read = set(used)
        for column in head:
            self._columns[column] = self._columns.get(column, False) or column in read

    @property
    def used(self) -> tuple[str, ...]:
        """Columns that rows are made of."""
        return tuple(column for column, used in self._columns.items() if used)

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns that nothing reads."""
        return tuple(column for column, used in self._columns.items() if not used)
