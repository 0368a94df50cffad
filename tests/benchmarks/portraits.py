"""Do keyword sets say what the audience's notes are about? Hidden tags, coverage, stability.

    uv run --group bench python -m tests.benchmarks portraits

For each portrait of the sample corpus: the tags and titles of its affine notes are hidden (they
keep their bodies only), the set is derived from the rest, and the share of the hidden tags'
vocabulary (tags of two or more of these notes) that the first 20 and 50 keywords recover is
printed beside baselines over the same bodies. `topics` is the share of the portrait's words with
notes that some keyword of the first 20 names or comes from; `stable` the share of the first 20
that survive a bootstrap over all notes of the library (median of ten draws).
"""

from __future__ import annotations

import random
import statistics
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import jieba
import jieba.analyse

from engine import sample
from engine.engine import Engine
from engine.insight import portrait
from engine.insight.candidates import Text
from engine.insight.portrait import Portrait
from engine.model import CHINA, Captured, Note
from engine.snapshot import LibrarySnapshot
from engine.text.normalise import fold_key, unmarked
from tests.benchmarks.extract import _ngrams, _yake
from tests.insight.library import notes

NOW = datetime(2026, 10, 31, 9, tzinfo=CHINA)
DRAWS = 10


def table() -> None:
    """Print a row a portrait and the means."""
    jieba.setLogLevel(60)
    print("portraits: hidden tags recovered at 20 / 50, topics named, first 20 that stay")
    sums: dict[str, list[float]] = {}
    for path in sorted((sample.CORPUS / "portraits").glob("*.toml")):
        person = portrait.read(path)
        for name, values in _row(person).items():
            print(f"  {person.name:14} {name:22} " + "  ".join(f"{v:.3f}" for v in values))
            for column, value in enumerate(values):
                sums.setdefault(f"{name} {column}", []).append(value)
    for name, values in sums.items():
        print(f"  mean           {name:24} {statistics.fmean(values):.3f}")


def _row(person: Portrait) -> dict[str, list[float]]:
    with _library(notes()) as engine:
        known = engine.keywords(person, 50).set
        affine = _affine(engine.snapshot(NOW), person)
    hidden = [
        replace(n, title="", tags=(), body=unmarked(n.body)[0]) if n.note_id in affine else n
        for n in notes()
    ]
    own = [note for note in notes() if note.note_id in affine]
    tags = Counter(fold_key(tag) for note in own for tag in Text.of(note).tags)
    wanted = {tag for tag, count in tags.items() if count > 1}
    with _library(hidden) as engine:
        found = [fold_key(k.keyword) for k in engine.keywords(person, 50).set.keywords]
    bodies = [Text("", unmarked(note.body)[0]) for note in own]
    rows = {"noterank": [*_recovered(found, wanted), _named(known), _stable(person)]}
    for name, ranked in _baselines(bodies).items():
        rows[name] = _recovered(ranked, wanted)
    return rows


def _affine(library: LibrarySnapshot, person: Portrait) -> set[str]:
    """Notes on the first ten places of the portrait's words."""
    return {i for t in person.search_traits() for i, _ in library.page(t.word, 10)}


def _recovered(ranked: list[str], wanted: set[str]) -> list[float]:
    return [len(wanted & set(ranked[:most])) / len(wanted) for most in (20, 50)]


def _named(known: object) -> float:
    traits = [t.word for t, count in known.traits if count]  # type: ignore[attr-defined]
    first = known.keywords[:20]  # type: ignore[attr-defined]
    named = {w for k in first for _, w, _ in k.provenance.traits} | {k.keyword for k in first}
    return sum(word in named for word in traits) / len(traits)


def _stable(person: Portrait) -> float:
    with _library(notes()) as engine:
        first = {k.keyword for k in engine.keywords(person, 20).set.keywords}
    shares = []
    for draw in range(DRAWS):
        dice = random.Random(draw)
        drawn = Counter(dice.randrange(len(notes())) for _ in notes())
        resampled = [
            replace(notes()[at], note_id=f"{notes()[at].note_id}-{copy}")
            for at, count in drawn.items()
            for copy in range(count)
        ]
        with _library(resampled) as engine:
            again = {k.keyword for k in engine.keywords(person, 20).set.keywords}
        shares.append(len(first & again) / len(first))
    return statistics.median(shares)


def _baselines(bodies: list[Text]) -> dict[str, list[str]]:
    """Phrases of the same bodies, summed over notes by each method's own rank."""
    words = [
        [w for w in jieba.lcut(fold_key(t.body)) if len(w) > 1 and w[0].isalnum()] for t in bodies
    ]
    tfidf = [jieba.analyse.extract_tags(text.body, topK=10) for text in bodies]
    rank = [jieba.analyse.textrank(text.body, topK=10) for text in bodies]
    return {
        "most frequent words": _summed([list(dict.fromkeys(own)) for own in words], flat=True),
        "jieba TF-IDF": _summed(tfidf),
        "jieba TextRank": _summed(rank),
        "YAKE": _summed(_yake(bodies)),
        "scikit-learn n-grams": _summed(_ngrams(bodies)),
    }


def _summed(lists: list[list[str]], flat: bool = False) -> list[str]:
    scores: Counter[str] = Counter()
    for own in lists:
        for place, word in enumerate(own):
            scores[fold_key(word)] += 1 if flat else 10 - min(place, 9)
    return sorted(scores, key=lambda word: (-scores[word], word))


class _Library:
    """A library in a folder of its own for as long as it is used."""

    def __init__(self, rows: list[Note]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="noterank-")
        self._engine = Engine.open(Path(self._folder.name), create=True)
        self._engine.import_rows("notes", (Captured(n, x) for n, x in enumerate(rows)), NOW)

    def __enter__(self) -> Engine:
        return self._engine

    def __exit__(self, *_: object) -> None:
        self._engine.close()
        self._folder.cleanup()


def _library(rows: object) -> _Library:
    return _Library(list(rows))  # type: ignore[call-overload]
