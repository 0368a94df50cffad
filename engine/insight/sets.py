"""Keyword sets after the user's decisions (locked, dropped, re-weighted), and two sets compared."""

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
    """The user's decisions: weights by keyword (a locked keyword keeps its weight), and dropped
    keywords."""

    weights: Mapping[str, float] = field(default_factory=dict)
    locked: Mapping[str, float] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()

    def table(self) -> dict[str, Any]:
        """The decisions as a table for JSON."""
        return {
            "weights": dict(self.weights),
            "locked": dict(self.locked),
            "dropped": list(self.dropped),
        }

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Edits:
        """Builds the decisions from `table`."""
        return cls(table["weights"], table["locked"], tuple(table["dropped"]))


def decided(
    keyword_set: KeywordSet,
    edits: Edits,
    lock: tuple[str, ...] = (),
    drop: tuple[str, ...] = (),
    weigh: Mapping[str, float] | None = None,
    free: tuple[str, ...] = (),
) -> Edits:
    """Adds new decisions to earlier ones; `free` takes back decisions on keywords.

    Raises BadOption for a locked keyword that the set lacks and for a weight outside 0 to 1.
    """
    by_key = {fold_key(k.keyword): k for k in keyword_set.keywords}
    freed = {fold_key(word) for word in free}

    def remaining(values: Mapping[str, float]) -> dict[str, float]:
        gone = freed | {fold_key(word) for word in drop}
        return {word: value for word, value in values.items() if fold_key(word) not in gone}

    weights, locked = remaining(edits.weights), remaining(edits.locked)
    dropped = [word for word in (*edits.dropped, *drop) if fold_key(word) not in freed]
    for word in lock:
        if fold_key(word) not in by_key:
            raise BadOption(f"'{word}' is not in the set", "lock a keyword that the set shows")
        keyword = by_key[fold_key(word)]
        locked[keyword.keyword] = weights.get(keyword.keyword, keyword.weight)
    for word, weight in (weigh or {}).items():
        if not 0 < weight < 1:
            raise BadOption(f"the weight of '{word}' is {weight}", "give a share between 0 and 1")
        listed = by_key.get(fold_key(word))
        weights[listed.keyword if listed else word] = weight
    unique = tuple({fold_key(word): word for word in dropped}.values())
    return Edits(weights, locked, unique)


def edited(keyword_set: KeywordSet, edits: Edits, kinds: Kinds, limit: int) -> KeywordSet:
    """Applies the user's decisions; keywords without a fixed weight share what is left of 1.

    Raises BadOption when the fixed weights leave nothing for the other keywords.
    """
    fixed = {fold_key(word): weight for word, weight in {**edits.locked, **edits.weights}.items()}
    spellings = {fold_key(word): word for word in (*edits.locked, *edits.weights)}
    locked = {fold_key(word) for word in edits.locked}
    dropped = {fold_key(word) for word in edits.dropped}
    keywords = {
        fold_key(k.keyword): k for k in keyword_set.keywords if fold_key(k.keyword) not in dropped
    }
    for key in fixed:
        if key not in keywords and key not in dropped:
            word = spellings[key]
            kind = kinds.kind(word)
            keywords[key] = Keyword(word, kind, intent(word, kind)[0], 0.0, _NOTHING, ())
    fixed = {key: weight for key, weight in fixed.items() if key in keywords}
    order = sorted(keywords, key=lambda key: (key not in fixed, -keywords[key].weight, key))[:limit]
    fixed_total = sum(weight for key, weight in fixed.items() if key in order)
    unfixed = [key for key in order if key not in fixed]
    if fixed_total > 1 + 1e-9 or (fixed_total > 1 - 1e-9 and unfixed):
        raise BadOption(
            f"fixed weights sum to {fixed_total:.3f}",
            "leave something for the others: below 1 in all",
        )
    rest = sum(keywords[key].weight for key in unfixed) or 1.0
    scale = fixed_total if not unfixed else 1.0
    weighted = [
        replace(
            keywords[key],
            weight=fixed[key] / scale
            if key in fixed
            else keywords[key].weight / rest * (1 - fixed_total),
            locked=key in locked,
        )
        for key in order
    ]
    weighted.sort(key=lambda k: (-k.weight, k.keyword))
    dropped_rows = [(word, "用户删除") for word in edits.dropped]
    return replace(
        keyword_set, keywords=tuple(weighted), left_out=(*keyword_set.left_out, *dropped_rows)
    )


def differences(
    before: Mapping[str, float], after: Mapping[str, float]
) -> list[tuple[str, str, float | None, float | None]]:
    """Lists (keyword, added | removed | heavier | lighter, weight before, weight after), largest
    change first."""
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
