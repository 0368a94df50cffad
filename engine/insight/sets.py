"""Keyword sets after the user's hand: locked, dropped, re-weighted; and two sets compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.errors import BadOption
from engine.insight.distinct import Distinctness
from engine.insight.keyword_set import Keyword, KeywordSet, Provenance
from engine.insight.kinds import Kinds, intent
from engine.text.normalise import fold_key

_NOTHING = Provenance(
    (), False, 0, 0, 0, Distinctness(0.0, 0.0, 0.0), "", (), None, "", (), (), 0.0
)


@dataclass(frozen=True, slots=True)
class Edits:
    """What the user decided: weights by keyword (locked keeps its own), and what is dropped."""

    weights: Mapping[str, float] = field(default_factory=dict)
    locked: Mapping[str, float] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()

    def table(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "weights": dict(self.weights),
            "locked": dict(self.locked),
            "dropped": list(self.dropped),
        }

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Edits:
        """From `table`."""
        return cls(table["weights"], table["locked"], tuple(table["dropped"]))


def decided(
    known: KeywordSet,
    edits: Edits,
    lock: tuple[str, ...] = (),
    drop: tuple[str, ...] = (),
    weigh: Mapping[str, float] | None = None,
    free: tuple[str, ...] = (),
) -> Edits:
    """The decisions with new ones on top; `free` takes decisions on keywords back."""
    by_key = {fold_key(k.keyword): k for k in known.keywords}
    freed = {fold_key(word) for word in free}

    def kept(values: Mapping[str, float]) -> dict[str, float]:
        gone = freed | {fold_key(word) for word in drop}
        return {word: value for word, value in values.items() if fold_key(word) not in gone}

    weights, locked = kept(edits.weights), kept(edits.locked)
    dropped = [word for word in (*edits.dropped, *drop) if fold_key(word) not in freed]
    for word in lock:
        if fold_key(word) not in by_key:
            raise BadOption(f"'{word}' is not in the set", "lock a keyword that the set shows")
        found = by_key[fold_key(word)]
        locked[found.keyword] = weights.get(found.keyword, found.weight)
    for word, weight in (weigh or {}).items():
        if not 0 < weight < 1:
            raise BadOption(f"the weight of '{word}' is {weight}", "give a share between 0 and 1")
        found_ = by_key.get(fold_key(word))
        weights[found_.keyword if found_ else word] = weight
    unique = tuple({fold_key(word): word for word in dropped}.values())
    return Edits(weights, locked, unique)


def edited(known: KeywordSet, edits: Edits, kinds: Kinds, most: int) -> KeywordSet:
    """The set with the user's decisions; weights that nobody fixed share what is left of 1."""
    fixed = {fold_key(word): weight for word, weight in {**edits.locked, **edits.weights}.items()}
    spelt = {fold_key(word): word for word in (*edits.locked, *edits.weights)}
    locked = {fold_key(word) for word in edits.locked}
    dropped = {fold_key(word) for word in edits.dropped}
    keywords = {
        fold_key(k.keyword): k for k in known.keywords if fold_key(k.keyword) not in dropped
    }
    for key in fixed:
        if key not in keywords and key not in dropped:
            word = spelt[key]
            kind = kinds.kind(word)
            keywords[key] = Keyword(word, kind, intent(word, kind)[0], 0.0, _NOTHING, ())
    fixed = {key: weight for key, weight in fixed.items() if key in keywords}
    order = sorted(keywords, key=lambda key: (key not in fixed, -keywords[key].weight, key))[:most]
    taken = sum(weight for key, weight in fixed.items() if key in order)
    open_ = [key for key in order if key not in fixed]
    if taken > 1 + 1e-9 or (taken > 1 - 1e-9 and open_):
        raise BadOption(
            f"fixed weights sum to {taken:.3f}", "leave something for the others: below 1 in all"
        )
    rest = sum(keywords[key].weight for key in open_) or 1.0
    scale = taken if not open_ else 1.0
    found = [
        replace(
            keywords[key],
            weight=fixed[key] / scale
            if key in fixed
            else keywords[key].weight / rest * (1 - taken),
            locked=key in locked,
        )
        for key in order
    ]
    found.sort(key=lambda k: (-k.weight, k.keyword))
    said = [(word, "用户删除") for word in edits.dropped]
    return replace(known, keywords=tuple(found), left_out=(*known.left_out, *said))


def differences(
    before: Mapping[str, float], after: Mapping[str, float]
) -> list[tuple[str, str, float | None, float | None]]:
    """(keyword, added | removed | heavier | lighter, weights before and after), largest first."""
    rows: list[tuple[str, str, float | None, float | None]] = []
    for keyword in sorted(before.keys() | after.keys()):
        old, new = before.get(keyword), after.get(keyword)
        if old is None:
            rows.append((keyword, "added", None, new))
        elif new is None:
            rows.append((keyword, "removed", old, None))
        elif abs(new - old) > 1e-9:
            rows.append((keyword, "heavier" if new > old else "lighter", old, new))
    return sorted(rows, key=lambda row: (-abs((row[3] or 0) - (row[2] or 0)), row[0]))
