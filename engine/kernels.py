"""Compiled loops: how they are compiled, cached and announced; how they see mapped memory.

The only file that knows Numba's options. Kernels compile at their first call, once a machine:
the result lies in `__pycache__` beside the source or in the user's cache folder.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numba
from llvmlite import ir
from numba.core import cgutils, event, types
from numba.extending import intrinsic

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


def kernel(function: Callable[..., Any]) -> Any:
    """A function of numbers and arrays, compiled; other threads run meanwhile."""
    try:
        return numba.njit(cache=True, **_OPTIONS)(function)
    except RuntimeError:  # no folder takes the cache: compile anew in each process
        return numba.njit(**_OPTIONS)(function)


def inline(function: Callable[..., Any]) -> Any:
    """A small part of kernels, put into each of its callers."""
    return numba.njit(inline="always", **_OPTIONS)(function)


class _Notice(event.Listener):
    """One line on stderr when the first kernel of this process has to be compiled."""

    given = False

    def on_start(self, event: Any) -> None:
        ours = event.data["dispatcher"].py_func.__module__.startswith("engine.")
        if ours and not _Notice.given:
            _Notice.given = True
            print("compiling the search kernels, once on this machine (about 30 s) …",
                  file=sys.stderr, flush=True)  # fmt: skip

    def on_end(self, event: Any) -> None:
        """Nothing more to say."""


event.register("numba:compile", _Notice())  # type: ignore[no-untyped-call]


def _intrinsic(function: Callable[..., Any]) -> Any:
    """One instruction of the machine, for kernels."""
    return intrinsic(function)


carray: Any = vars(numba)["carray"]  # memory at a pointer as an array


@_intrinsic
def pointer(context: Any, address: Any) -> Any:
    """An address (int64) as a pointer, for `numba.carray`: mapped columns without a handle each."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), generate


@_intrinsic
def ones(context: Any, word: Any) -> Any:
    """How many bits of a uint64 are set."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@_intrinsic
def first_one(context: Any, word: Any) -> Any:
    """The place of the lowest set bit of a uint64 that is not 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zero_is_undefined = ir.Constant(ir.IntType(1), 1)
        return builder.cttz(arguments[0], zero_is_undefined)

    return types.uint64(types.uint64), generate
