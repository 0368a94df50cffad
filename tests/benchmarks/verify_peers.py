"""Each peer against its own formula in float64 over all notes, so that no broken peer is timed.

    python -m tests.benchmarks.verify_peers

An answer agrees when it has the scores of the formula place by place, and each of its notes has
the score that the formula gives it: notes of equal score may change places.
"""

from __future__ import annotations

import math
import sys

from tests.benchmarks.corpora import corpus, queries
from tests.benchmarks.formulas import EXACT, Exhaustive, Formula, best
from tests.benchmarks.lucene_peer import LucenePeer
from tests.benchmarks.peers import Hits, Peer, peers

_NOTES, _K, _EACH = 2_000, 10, 100
_CLOSE = 1e-5  # of a score: float32 keeps seven digits


def verify() -> bool:
    """Print for each peer how many answers agree; True when all of all do."""
    notes = corpus(_NOTES)
    asked = queries("plain", _EACH) + queries("heavy", _EACH)
    exhaustive = Exhaustive(notes)
    chosen, missing = peers(_NOTES)
    right = True
    print(f"top {_K} of {len(asked)} queries over {_NOTES:,} notes")
    print(f"{'peer':28}{'agree':>6}{'same notes as exact':>21}  own formula")
    for peer in chosen:
        peer.build(notes)
        tops = _tops(peer, asked)
        peer.close()
        pairs = list(zip(asked, tops, strict=True))
        own = sum(_agrees(exhaustive, query, peer.formula, top) for query, top in pairs)
        exact = sum(_same_notes(exhaustive, query, top) for query, top in pairs)
        print(f"{peer.name:28}{own:6}{exact:21}  {peer.formula}")
        right = right and own == len(asked)
    for name, reason in missing.items():
        print(f"{name:28}     -  {reason}")
    return right


def _tops(peer: Peer, asked: list[list[int]]) -> list[Hits]:
    if isinstance(peer, LucenePeer):
        return peer.search(asked, _K, rounds=1, warm=0).tops
    return [list(peer.top(query, _K)) for query in asked]


def _agrees(exhaustive: Exhaustive, query: list[int], formula: Formula, top: Hits) -> bool:
    scores = exhaustive.scores(query, formula)
    wanted = best(scores, _K)
    if not len({note for note, _ in top}) == len(top) == len(wanted):
        return False
    return all(
        _close(score, scores[note]) and _close(score, place)
        for (note, score), (_, place) in zip(top, wanted, strict=True)
    )


def _same_notes(exhaustive: Exhaustive, query: list[int], top: Hits) -> bool:
    wanted = best(exhaustive.scores(query, EXACT), _K)
    return {note for note, _ in top} == {note for note, _ in wanted}


def _close(score: float, wanted: float) -> bool:
    return math.isclose(score, wanted, rel_tol=_CLOSE)


if __name__ == "__main__":
    sys.exit(not verify())
