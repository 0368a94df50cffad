"""Source of a module -> all small faults that it could have, each in one node."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
Change = Callable[[ast.AST], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """The `number`-th fault of a file: `said` says what is changed in which line."""

    file: Path
    number: int
    line: int
    said: str


def faults(file: Path) -> list[Fault]:
    """All faults of a file, in the order of its nodes."""
    tree = ast.parse(file.read_text("utf-8"))
    return [Fault(file, n, line, said) for n, (line, said, _, _) in enumerate(_changes(tree))]


def faulty(fault: Fault) -> ast.Module:
    """The module with the fault in it."""
    tree = ast.parse(fault.file.read_text("utf-8"))
    _, _, node, change = list(_changes(tree))[fault.number]
    change(node)
    return ast.fix_missing_locations(tree)


def _changes(tree: ast.Module) -> Iterator[tuple[int, str, ast.AST, Change]]:
    for node in _product(tree):
        for change in _of(node):
            after = copy.deepcopy(node)
            change(after)
            yield getattr(node, "lineno", 0), f"{_shown(node)} -> {_shown(after)}", node, change


def _shown(node: ast.AST) -> str:
    """A node on one line; of a branch or loop its condition."""
    return ast.unparse(node).partition("\n")[0]


def _product(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes whose fault a caller could see: no annotation, decorator, import, `strict=True`."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            guard = isinstance(child, ast.keyword) and child.arg == "strict"
            if isinstance(child, ast.AST) and not guard:
                yield child
                yield from _product(child)


def _of(node: ast.AST) -> Iterator[Change]:
    """The faults of one node by itself."""
    yield from _calculated(node)
    yield from _decided(node)
    yield from _done(node)


def _calculated(node: ast.AST) -> Iterator[Change]:
    """Wrong numbers and signs."""
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in _CALCULATED:
            yield _set("op", _CALCULATED[type(op)]())
        case ast.UnaryOp(op=ast.USub()):
            yield _set("op", ast.UAdd())
        case ast.Constant(value=bool() as value):
            yield _set("value", not value)
        case ast.Constant(value=int() | float() as value):
            yield _set("value", value + 1)
        case ast.Slice(lower=None, upper=ast.AST(), step=None):
            yield _set("upper", None)
        case ast.Slice(lower=ast.AST(), upper=None):
            yield _set("lower", None)


def _decided(node: ast.AST) -> Iterator[Change]:
    """Wrong conditions; a branch on a single comparison is wrong when the comparison is."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARED:
            yield _set("ops", [_COMPARED[type(op)]()])
        case ast.BoolOp(op=op):
            yield _set("op", ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield _set("operand", ast.UnaryOp(ast.Not(), operand))
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            if not isinstance(test, ast.Compare | ast.UnaryOp):
                yield _set("test", ast.UnaryOp(ast.Not(), test))


def _done(node: ast.AST) -> Iterator[Change]:
    """Another function, no call, no end of a loop, no answer."""
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in _CALLED:
            yield _set("func", ast.Name(_CALLED[name], ast.Load()))
        case ast.Expr(value=ast.Call()):
            yield _set("value", ast.Constant(None))
        case ast.Continue() | ast.Break():
            yield _set("__class__", ast.Pass)
        case ast.Return(value=ast.AST() as value) if not isinstance(value, ast.Constant):
            yield _set("value", ast.Constant(None))


def _set(field: str, value: object) -> Change:
    def change(node: ast.AST) -> None:
        setattr(node, field, copy.deepcopy(value) if isinstance(value, ast.AST) else value)

    return change
