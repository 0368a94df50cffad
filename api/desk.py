"""One thread that does the engine's work, and a bounded line of requests before it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from starlette.exceptions import HTTPException

_T = TypeVar("_T")


class Desk:
    """Runs calls one after the other off the event loop; 503 when too many wait."""

    def __init__(self, most_waiting: int = 64) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="noterank")
        self._free = most_waiting

    async def run(self, call: Callable[[], _T]) -> _T:
        """The call's result; its place in the line is kept until it is done."""
        if not self._free:
            raise HTTPException(503, "too many requests wait", {"Retry-After": "1"})
        self._free -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, call)
        finally:
            self._free += 1
