"""`python -m tests.mutation`: plant small faults one at a time and see which tests notice.

A fault is a changed comparison, sign, number, condition, slice, call or answer (`faults.py`). A
sample, the same for the same seed, is spread over all files by how many faults each can have. One
process imports everything and runs the tests once, to know which test calls which function; then
each fault is planted in a fork of it, which runs the quickest tests that call the function.

mutmut 3 changes neither constants nor properties, in which half of the formulas stand, and takes
no sample; cosmic-ray starts a process a fault, each of which would load numba and jieba again.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.mutation import fork
from tests.mutation.covering import Covering
from tests.mutation.faults import Fault, faults
from tests.mutation.functions import functions_at

ROOT = Path(__file__).parents[2]
FOLDERS = ("engine/insight", "engine/usecases")
TESTS = ("tests/insight", "tests/twelve", "tests/usecases")
EQUIVALENT = Path(__file__).parent / "equivalent.txt"
LEAST = 3  # faults a file


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a fault: killed (by a test, an error, the time limit), survived, or equal."""

    fault: Fault
    what: str


def main() -> int:
    """Print mutants, killed, survived and their share; 1 when the share is too large."""
    for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[pool] = "1"  # a fork inherits no threads
    asked = _asked()
    files = sorted(path for name in asked.folder for path in _files(ROOT / name))
    sample = _sample(files, asked.sample, asked.seed)
    tests = [name for name in asked.tests if (ROOT / name).exists()]
    began = time.monotonic()
    covering = _covered(tests, [ROOT / folder for folder in asked.folder])
    if covering.failed:
        print(f"red before any fault: {', '.join(covering.failed)}", file=sys.stderr)
        return 1
    print(f"tests ran once in {time.monotonic() - began:.0f} s; {len(sample)} faults to plant")
    fork.forget([ROOT / folder for folder in asked.folder])
    if not fork.green(None, covering.quick(asked.seconds), 3_600):
        print("red in a fork without any fault: no outcome would mean anything", file=sys.stderr)
        return 1
    found: list[Outcome] = []
    for fault in sample:
        if time.monotonic() - began > asked.minutes * 60:
            print(f"time is up after {len(found)} faults")
            break
        found.append(Outcome(fault, _planted(fault, covering, asked.seconds)))
        if found[-1].what in ("survived", "untested"):
            print(f"  {found[-1].what}, line {fault.line}, {_said(fault)}", end="", flush=True)
    return _report(found, files, asked)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--folder", action="append", help=f"or file; {' '.join(FOLDERS)}")
    parser.add_argument("--tests", action="append", help=" ".join(TESTS))
    parser.add_argument("--sample", type=int, default=240)
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=20, help="of tests a fault")
    parser.add_argument("--minutes", type=float, default=90, help="for all")
    parser.add_argument("--most", type=float, default=0.15, help="surviving share that is refused")
    asked = parser.parse_args()
    asked.folder, asked.tests = asked.folder or FOLDERS, asked.tests or TESTS
    return asked


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else list(path.rglob("*.py"))


def _sample(files: Sequence[Path], size: int, seed: int) -> list[Fault]:
    """Faults of every file, by how many it can have; the same for the same files and seed."""
    every = {file: faults(file) for file in files}
    total = sum(map(len, every.values()))
    dice = random.Random(seed)
    found = []
    for own in every.values():
        share = max(LEAST, round(size * len(own) / total))
        found += sorted(dice.sample(own, min(share, len(own))), key=lambda fault: fault.number)
    return found


def _covered(tests: Sequence[str], folders: Sequence[Path]) -> Covering:
    covering = Covering(folders)
    code = pytest.main([*tests, *fork.QUIET], plugins=[covering])
    if code:
        covering.failed.append(f"pytest ended with {int(code)}")
    return covering


def _planted(fault: Fault, covering: Covering, seconds: float) -> str:
    if _said(fault) in EQUIVALENT.read_text("utf-8"):
        return "equivalent"
    tests = covering.tests(functions_at(fault.file, fault.line), seconds)
    if not tests:
        return "untested"
    limit = 120 + 10 * sum(covering.seconds[test] for test in tests)  # others compute, too
    return "survived" if fork.green(fault, tests, limit) else "killed"


def _said(fault: Fault) -> str:
    """A fault with its line's text, which outlives the line's number."""
    line = fault.file.read_text("utf-8").splitlines()[fault.line - 1].strip()
    return f"{fault.file.relative_to(ROOT)}: {fault.said}  in  {line}\n"


def _report(found: Sequence[Outcome], files: Sequence[Path], asked: argparse.Namespace) -> int:
    for file in files:
        own = Counter(outcome.what for outcome in found if outcome.fault.file == file)
        print(f"{file.relative_to(ROOT)!s:42}", *(f"{own[what]} {what}" for what in sorted(own)))
    counts = Counter(outcome.what for outcome in found)
    survived = counts["survived"] + counts["untested"]
    judged = len(found) - counts["equivalent"]
    share = survived / judged if judged else 0.0
    print(
        f"mutants {len(found)} (seed {asked.seed}), equivalent {counts['equivalent']},"
        f" killed {counts['killed']}, survived {survived}, surviving share {share:.1%}"
    )
    return int(share > asked.most)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main())
