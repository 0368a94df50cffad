"""Texts -> candidate phrases: every stretch of words that could be a keyword, with its places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.model import Note
from engine.text.document import all_tags, scored_title
from engine.text.normalise import fold_key, unmarked
from engine.text.runs import FULL, HALF, INSIDE, Reader, Run, may_begin, may_end

MOST_WORDS = 5
LONGEST = 12  # characters
_QUOTED = re.compile(r"[“\"《「『【〈‘]([^“”\"《》「」『』【】〈〉‘’\n]{2,12})[”\"》」』】〉’]")


@dataclass(frozen=True, slots=True)
class Text:
    """A title and a body without mark-up, and the tags beside them."""

    title: str
    body: str
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, note: Note) -> Text:
        """A note's; a title that is only the body's beginning counts once, topics are tags."""
        title, body = scored_title(note)
        return cls(unmarked(title)[0], unmarked(body)[0], all_tags(note))


class Place(NamedTuple):
    """Where a phrase stands: in the title or at a character of the body; the words beside it."""

    title: bool
    start: int
    left: str
    right: str


@dataclass(slots=True)
class Candidate:
    """A phrase of one text: folded `key`, as it is written, its words with their roles, places."""

    key: str
    surface: str
    words: tuple[str, ...]
    roles: tuple[int, ...]
    places: list[Place] = field(default_factory=list)
    tag: bool = False

    @property
    def held(self) -> bool:
        """Whether the same word stands beside it every time, and it is there more than once."""
        if len(self.places) < 2:
            return False
        lefts, rights = ({p.left for p in self.places}, {p.right for p in self.places})
        return any(len(side) == 1 and "" not in side for side in (lefts, rights))


Found = dict[str, Candidate]


def candidates(texts: Sequence[Text], reader: Reader) -> list[Found]:
    """For each text its candidates by key; titles, bodies and tags are read in one batch."""
    flat = [part for text in texts for part in (text.title, text.body, *text.tags)]
    runs = iter(reader.runs(flat))
    found = []
    for text in texts:
        own: Found = {}
        for title, part in ((True, text.title), (False, text.body)):
            for run in next(runs):
                _take(own, run, part, title)
            _take_quoted(own, part, title)
        for tag in text.tags:
            _take_tag(own, tag, next(runs))
        found.append(own)
    return found


def _take(found: Found, run: Run, text: str, title: bool) -> None:
    """All stretches of a run that may be a phrase."""
    for first, last in _stretches(run):
        pieces = run[first : last + 1]
        surface = text[pieces[0].start : pieces[-1].end]
        key = fold_key(surface)
        if not 2 <= len(key) <= LONGEST or key.isdigit():
            continue
        known = found.get(key)
        if known is None:
            words, roles = tuple(p.key for p in pieces), tuple(p.role for p in pieces)
            known = found[key] = Candidate(key, surface, words, roles)
        left = run[first - 1].key if first else ""
        right = run[last + 1].key if last + 1 < len(run) else ""
        known.places.append(Place(title, pieces[0].start, left, right))


def _stretches(run: Run) -> Iterator[tuple[int, int]]:
    for first, opening in enumerate(run):
        if opening.role != HALF and not may_begin(opening.key):
            continue
        for last in range(first, min(len(run), first + MOST_WORDS)):
            closing = run[last]
            if first == last and opening.role in (INSIDE, HALF):
                continue
            if closing.role == HALF or may_end(closing.key):
                yield first, last


def _take_quoted(found: Found, text: str, title: bool) -> None:
    """What stands between quotation marks is a unit, however it is cut."""
    for match in _QUOTED.finditer(text):
        key = fold_key(match[1])
        if len(key) > 1 and key not in found and not key.isdigit():
            found[key] = Candidate(key, match[1].strip(), (key,), (FULL,))
            found[key].places.append(Place(title, match.start(1), "", ""))


def _take_tag(found: Found, tag: str, runs: Sequence[Run]) -> None:
    """A tag is a candidate as a whole, unless it is nothing but filler."""
    key = fold_key(tag)
    if not 2 <= len(key) <= LONGEST or key.isdigit() or not runs:
        return
    if key not in found:
        words = tuple(piece.key for run in runs for piece in run)
        roles = tuple(piece.role for run in runs for piece in run)
        found[key] = Candidate(key, tag.strip(), words, roles)
    found[key].tag = True


def neighbours(found: Sequence[Found]) -> dict[str, tuple[int, int]]:
    """For each phrase of a collection (times it stands there, times with its commonest
    neighbour on the side where that is most)."""
    sides: dict[str, list[dict[str, int]]] = {}
    counts: dict[str, int] = {}
    for own in found:
        for key, candidate in own.items():
            counts[key] = counts.get(key, 0) + len(candidate.places)
            left, right = sides.setdefault(key, [{}, {}])
            for place in candidate.places:
                if place.left:
                    left[place.left] = left.get(place.left, 0) + 1
                if place.right:
                    right[place.right] = right.get(place.right, 0) + 1
    return {
        key: (counts[key], max((n for side in both for n in side.values()), default=0))
        for key, both in sides.items()
    }
