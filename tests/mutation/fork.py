"""One fault in a fork of this process: nothing is imported, compiled or read twice."""

from __future__ import annotations

import ast
import importlib
import importlib.machinery
import os
import signal
import sys
import time
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

import grimp
import pytest

from tests.mutation.faults import Fault, faulty

QUIET = (
    "-q",
    "-x",
    "-m",
    "not slow",
    "--no-header",
    "--hypothesis-seed=0",
    "-p",
    "no:cacheprovider",
)
_ROOT = Path(__file__).parents[2]
_ROOTS = ("engine", "api")


def forget(folders: Sequence[Path]) -> None:
    """Forget the modules of some folders, all that import them, and all tests: each fork imports
    them anew. What lies below stays, compiled loops included."""
    graph = grimp.build_graph(*_ROOTS, cache_dir=None)
    paths = [folder.relative_to(_ROOT).with_suffix("") for folder in folders]
    names = {".".join(path.parts) for path in paths} & graph.modules
    for name in [*names, *_ROOTS]:
        within = {name} if name in _ROOTS else {name, *graph.find_descendants(name)}
        for module in within:
            dependants = graph.find_downstream_modules(module)
            for gone in {module, *dependants}:
                sys.modules.pop(gone, None)
    for name in list(sys.modules):
        if name.split(".")[0] in ("tests", "conftest") and not name.startswith("tests.mutation"):
            sys.modules.pop(name)


def green(fault: Fault | None, tests: Sequence[str], limit: float) -> bool:
    """Whether the tests pass with a fault, or without any; not when they take longer than `limit`
    seconds."""
    child = os.fork()
    if child == 0:
        os._exit(_run(fault, tests))
    until = time.monotonic() + limit
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _run(fault: Fault | None, tests: Sequence[str]) -> int:
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        if fault:
            sys.meta_path.insert(0, _Planted(fault))
        return int(pytest.main([*tests, *QUIET]))
    except BaseException:  # a fault may do anything; it was noticed
        return 1


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads one module with the fault in it."""

    tree: ast.Module

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.tree, self.path, "exec", dont_inherit=True)


class _Planted(MetaPathFinder):
    """Finds the module that has the fault."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin != str(self._fault.file):
            return None
        loader = _Loader(fullname, str(self._fault.file))
        loader.tree = faulty(self._fault)
        spec.loader = loader
        return spec
