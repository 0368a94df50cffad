"""Completion and correction over a vocabulary of 100,000 words."""

from __future__ import annotations

import random
import time

from engine.text.suggest import Suggester
from tests.benchmarks.timing import in_turn

_WORDS = 100_000
_CALLS = 100


def table() -> None:
    """Time a call; the target is under 5 ms."""
    chance = random.Random(1)
    han = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
    words = {"".join(chance.choices(han, k=chance.randint(2, 5))): chance.randint(1, 999)
             for _ in range(_WORDS)}  # fmt: skip
    start = time.perf_counter()
    suggester = Suggester(words)
    built = time.perf_counter() - start
    known = chance.sample(sorted(words), _CALLS)
    wrong = [word[:-1] + chance.choice(han) for word in known]
    times = in_turn(
        {
            "complete, one character": lambda: [suggester.complete(word[0]) for word in known],
            "complete, pinyin letter": lambda: [suggester.complete(c) for c in "sxzjly" * 17][:100],
            "correct": lambda: [suggester.correct(word) for word in wrong],
        }
    )
    print(f"suggest: {len(words):,} words, built in {built:.1f} s; {_CALLS} calls each")
    for name, timing in times.items():
        print(f"  {name:<26} {timing}   {timing.median / _CALLS * 1e3:.3f} ms a call")
