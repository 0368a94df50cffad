"""Threads that do the engine's work, and the bounded line of requests before each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.exceptions import HTTPException

_T = TypeVar("_T")


class Worker:
    """One thread, calls one after the other off the event loop; 503 when too many wait, or when
    an answer takes longer than `deadline` seconds."""

    def __init__(self, most_waiting: int = 64, deadline: float = 30.0) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="noterank")
        self._free = most_waiting
        self._deadline = deadline

    async def run(self, call: Callable[[], _T]) -> _T:
        """The call's result, when its turn has come."""
        with self.place():
            try:
                return await asyncio.wait_for(self.work(call), self._deadline)
            except TimeoutError as error:
                said = f"no answer within {self._deadline:g} seconds"
                raise HTTPException(503, said, {"Retry-After": "10"}) from error

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place in the line, for a request that has to be read before `work`."""
        if not self._free:
            raise HTTPException(503, "too many requests wait", {"Retry-After": "1"})
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1

    async def work(self, call: Callable[[], _T]) -> _T:
        """The call's result; only for the holder of a place."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    def close(self) -> None:
        """Wait for the call that runs, drop those that wait; the worker can be used again."""
        pool, self._pool = self._pool, ThreadPoolExecutor(1, thread_name_prefix="noterank")
        pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True)
class Workers:
    """Who does what: questions wait neither for a change nor for an analysis of seconds."""

    asking: Worker = field(default_factory=Worker)
    analysing: Worker = field(default_factory=lambda: Worker(most_waiting=16, deadline=300))
    importing: Worker = field(default_factory=lambda: Worker(most_waiting=4))
    deleting: Worker = field(default_factory=lambda: Worker(most_waiting=16, deadline=120))

    def close(self) -> None:
        """Let each worker end what it is doing."""
        for worker in (self.importing, self.deleting, self.analysing, self.asking):
            worker.close()
