"""A line of a file -> the functions that it belongs to, as code objects name them."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.mutation.covering import Function


def functions_at(file: Path, line: int) -> set[Function]:
    """The innermost function around a line; all functions of the file for a line outside."""
    tree = ast.parse(file.read_text("utf-8"))
    spans = [
        (_first(node), node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    around = [(first, last) for first, last in spans if first <= line <= last]
    chosen = [max(around)] if around else spans
    return {(str(file), first) for first, _ in chosen}


def _first(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """A code object begins at its first decorator."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
