"""Which tests call which functions of the product, and how long each computes."""

from __future__ import annotations

import sys
import threading
import time
from collections import defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType

import pytest

Function = tuple[str, int]  # file, first line


@dataclass(eq=False)
class Covering:
    """A pytest plugin. What a file's fixtures call counts for every test of that file."""

    folders: Sequence[Path]
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    failed: list[str] = field(default_factory=list)
    _of_test: dict[str, set[Function]] = field(default_factory=lambda: defaultdict(set))
    _of_file: dict[str, set[Function]] = field(default_factory=lambda: defaultdict(set))
    _inside: dict[CodeType, Function | None] = field(default_factory=dict)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        began = time.process_time()
        with _Watch(self, self._of_file[_file(item.nodeid)]):
            yield
        self.seconds[item.nodeid] += time.process_time() - began

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        began = time.process_time()
        with _Watch(self, self._of_test[item.nodeid]):
            yield
        self.seconds[item.nodeid] += time.process_time() - began

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def quick(self, seconds: float) -> list[str]:
        """All tests that take no longer than a time."""
        return [test for test in self._of_test if self.seconds[test] <= seconds]

    def tests(self, functions: set[Function], seconds: float) -> list[str]:
        """Tests that call one of the functions, as many as fit in a time: the quickest of each file
        first, then the second of each."""
        calling = [test for test in self._of_test if functions & self._called(test)]
        calling.sort(key=lambda test: (round(self.seconds[test], 1), test))
        turns: dict[str, int] = defaultdict(int)
        ranked = []
        for test in calling:
            turns[_file(test)] += 1
            ranked.append((turns[_file(test)], self.seconds[test], test))
        chosen: list[str] = []
        spent = 0.0
        for _, cost, test in sorted(ranked):
            if not chosen or spent + cost <= seconds:
                chosen.append(test)
                spent += cost
        return chosen

    def _called(self, test: str) -> set[Function]:
        return self._of_test[test] | self._of_file[_file(test)]

    def function(self, code: CodeType) -> Function | None:
        """The function of a code object, if it is of the folders."""
        if code not in self._inside:
            path = Path(code.co_filename)
            ours = any(path.is_relative_to(folder) for folder in self.folders)
            self._inside[code] = (str(path), code.co_firstlineno) if ours else None
        return self._inside[code]


class _Watch:
    """Notes each function of the product that is called."""

    def __init__(self, covering: Covering, called: set[Function]) -> None:
        self._covering = covering
        self._called = called

    def __enter__(self) -> None:
        sys.setprofile(self._note)
        threading.setprofile(self._note)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and (function := self._covering.function(frame.f_code)):
            self._called.add(function)


def _file(test: str) -> str:
    return test.partition("::")[0]
