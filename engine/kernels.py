"""Loops over numbers and arrays: a little work is interpreted, much is compiled and cached.

The only file that knows Numba, which is imported when the first kernel is compiled: a short
command needs none of it. A kernel is plain Python over NumPy and gives the same bits either way.
Compiled code lies in `__pycache__` beside the source or in the user's cache folder.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "_nrt": False,  # kernels make no arrays: counting who holds one costs most of a small loop
    "no_cfunc_wrapper": True,
}
_PART: dict[str, Any] = {"no_cpython_wrapper": True}
_most_interpreted = 20_000  # steps of one kernel in one process, a tenth of a second or less
_lock = threading.RLock()
_sources: set[str] = set()
Work = Callable[..., int]


class Kernel:
    """A function of numbers and arrays, called from Python or from other kernels.

    `work` estimates the steps of a call; calls are interpreted until they sum to
    _most_interpreted. Without `work` the first call compiles. Other threads run meanwhile.
    """

    def __init__(self, function: Callable[..., Any], work: Work | None = None) -> None:
        self.function: Any = function
        self.__doc__ = function.__doc__
        self._work = work
        self._steps = 0
        self._compiled: Any = None
        self._part: Any = None
        self._interpreted: Any = None
        _sources.add(self.function.__code__.co_filename)

    def __call__(self, *arguments: Any) -> Any:
        if self._compiled is not None:
            return self._compiled(*arguments)
        if self._work is not None:
            self._steps += int(self._work(*arguments))
            if self._steps <= _most_interpreted:
                with np.errstate(over="ignore"):  # as compiled: numbers of 64 bits turn over
                    return self.interpreted(*arguments)
        return self.compiled(*arguments)

    @property
    def interpreted(self) -> Any:
        """The kernel as Python runs it, and with it the kernels that it calls."""
        if self._interpreted is None:
            self._interpreted = _bound(self.function, lambda kernel: kernel.interpreted, {})
        return self._interpreted

    @property
    def compiled(self) -> Any:
        """The kernel as machine code, for calls from Python."""
        with _lock:
            if self._compiled is None:
                self._compiled = _cached(self._resolved())
        return self._compiled

    def part(self) -> Any:
        """The kernel as other kernels call it: no entry for Python, nothing cached."""
        if self._part is None:
            self._part = _widened(_numba().njit(**_OPTIONS | _PART)(self._resolved()))
        return self._part

    def _resolved(self) -> Any:
        return _bound(self.function, Kernel.part, _instructions())


def kernel(work: Work | None = None) -> Callable[[Callable[..., Any]], Kernel]:
    """A function that Python calls; `work` gives the steps of a call, see `Kernel`."""
    return lambda function: Kernel(function, work)


def part(function: Callable[..., Any]) -> Kernel:
    """A function that only kernels call."""
    return Kernel(function)


def compile_always() -> None:
    """Interpret nothing from now on: for a process that lives long, or measures."""
    global _most_interpreted
    _most_interpreted = -1


def _bound(function: Any, of: Callable[[Kernel], Any], others: dict[Any, Any]) -> Any:
    """The function with each kernel that it names replaced by `of` it."""
    scope = dict(function.__globals__)
    for name in function.__code__.co_names:
        value = scope.get(name)
        if isinstance(value, Kernel):
            scope[name] = of(value)
        elif isinstance(value, FunctionType):
            scope[name] = others.get(value, value)
    made = FunctionType(function.__code__, scope, function.__name__)
    made.__module__, made.__qualname__ = function.__module__, function.__qualname__
    return made


# --- compilation -------------------------------------------------------------------------------


@cache
def _numba() -> Any:
    import numba
    from numba.core import event

    event.register("numba:compile", _notice())  # type: ignore[no-untyped-call]
    return numba


def _cached(function: Any) -> Any:
    njit = _numba().njit
    try:
        return njit(cache=True, **_OPTIONS)(function)
    except RuntimeError:  # no folder takes the cache: compile anew in each process
        return njit(**_OPTIONS)(function)


def _widened(dispatcher: Any) -> Any:
    """Constants and short integers count as 64 bits: one version of a kernel, not one for each."""
    from numba.core import types as kinds

    types: Any = kinds

    def wide(kind: Any) -> Any:
        kind = types.unliteral(kind)
        return types.int64 if kind in types.signed_domain else kind

    template = dispatcher.get_call_template
    dispatcher.get_call_template = lambda args, kws: template(tuple(map(wide, args)), kws)
    return dispatcher


def _notice() -> Any:
    """One line on stderr when the first kernel of this machine has to be compiled."""
    from numba.core import event

    class Notice(event.Listener):
        waiting = True

        def on_start(self, event: Any) -> None:
            ours = event.data["dispatcher"].py_func.__module__.startswith("engine.")
            if ours and self.waiting:
                self.waiting = False
                _tell_once()

        def on_end(self, event: Any) -> None:
            """Nothing more to say."""

    return Notice()


def _tell_once() -> None:
    """Once for these sources and this cache; later compilations are a second or two."""
    marker = cache_folder() / f"compiled-{_fingerprint()}"
    if marker.exists():
        return
    print("compiling the search kernels, once on this machine (about 15 s) …",
          file=sys.stderr, flush=True)  # fmt: skip
    try:
        marker.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        marker.touch()
    except OSError:  # a read-only home: said again next time
        pass


def cache_folder() -> Path:
    """The user's cache folder for derived data."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "noterank"


def _fingerprint() -> str:
    numba = _numba()
    digest = hashlib.sha256(f"{numba.__version__} {numba.config.CACHE_DIR}".encode())
    for source in sorted(_sources):
        digest.update(Path(source).read_bytes())
    return digest.hexdigest()[:16]


# --- instructions: Python's way, and the machine's ---------------------------------------------


def array_at(address: Any, shape: tuple[Any, ...], dtype: Any) -> Any:
    """The memory at an address (int64) as an array: mapped columns without a handle each.

    Whoever calls keeps the memory alive; shapes may be longer than what is used.
    """
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if not size:
        return np.empty(shape, dtype)
    memory = (ctypes.c_char * size).from_address(int(address))
    return np.frombuffer(memory, dtype).reshape(shape)


def ones(word: Any) -> Any:
    """How many bits of a uint64 are set."""
    return np.uint64(int(word).bit_count())


def first_one(word: Any) -> Any:
    """The place of the lowest set bit of a uint64 that is not 0."""
    bits = int(word)
    return np.uint64((bits & -bits).bit_length() - 1)


@cache
def _instructions() -> dict[Any, Any]:
    """For each of the three functions above what it is in compiled code."""
    from llvmlite import ir
    from numba.core import types
    from numba.extending import intrinsic

    @intrinsic
    def memory(context: Any, address: Any, shape: Any, dtype: Any) -> Any:
        return types.Array(dtype.dtype, len(shape), "C")(address, shape, dtype), _array_at

    @intrinsic
    def population(context: Any, word: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.ctpop(arguments[0])

        return types.uint64(types.uint64), generate

    @intrinsic
    def trailing(context: Any, word: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            zero_is_undefined = ir.Constant(ir.IntType(1), 1)
            return builder.cttz(arguments[0], zero_is_undefined)

        return types.uint64(types.uint64), generate

    return {array_at: memory, ones: population, first_one: trailing}


def _array_at(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """The machine's instructions of `array_at`."""
    from numba.core import cgutils, types
    from numba.np import arrayobj

    arrays: Any = arrayobj
    kind = signature.return_type
    made = arrays.make_array(kind)(context, builder)
    width = context.get_abi_sizeof(context.get_data_type(kind.dtype))
    sizes = cgutils.unpack_tuple(builder, arguments[1])  # type: ignore[no-untyped-call]
    shape = [
        context.cast(builder, size, given, types.intp)
        for size, given in zip(sizes, signature.args[1], strict=True)
    ]
    strides = [context.get_constant(types.intp, width)]
    for size in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], size))
    arrays.populate_array(
        made,
        data=builder.inttoptr(arguments[0], made.data.type),
        shape=shape,
        strides=strides,
        itemsize=width,
        meminfo=None,
    )
    return made._getvalue()
