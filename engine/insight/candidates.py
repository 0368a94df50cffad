"""Lists candidate phrases of texts: every sequence of words that could be a keyword, with its
places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.model import Note
from engine.text.document import all_tags, scored_title
from engine.text.normalise import fold_key, unmarked
from engine.text.runs import FULL, HALF, INSIDE, Reader, Run, may_begin, may_end

_MAX_WORDS = 5
LONGEST = 12  # characters
_QUOTED = re.compile(r"[“\"《「『【〈‘]([^“”\"《》「」『』【】〈〉‘’\n]{2,12})[”\"》」』】〉’]")


@dataclass(frozen=True, slots=True)
class Text:
    """A title and a body without mark-up, and the tags."""

    title: str
    body: str
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, note: Note) -> Text:
        """The texts of a note; a title that repeats the body's beginning counts once, topics are
        tags."""
        title, body = scored_title(note)
        return cls(unmarked(title)[0], unmarked(body)[0], all_tags(note))


class Place(NamedTuple):
    """Where a phrase stands: in the title or in the body, the character it starts at, the words
    beside it."""

    title: bool
    start: int
    left: str
    right: str


@dataclass(slots=True)
class Candidate:
    """A phrase of one text: folded `key`, original `surface`, words with their roles, places."""

    key: str
    surface: str
    words: tuple[str, ...]
    roles: tuple[int, ...]
    places: list[Place] = field(default_factory=list)
    tag: bool = False

    @property
    def has_fixed_neighbour(self) -> bool:
        """Whether the phrase occurs more than once and one same word is beside it every time."""
        if len(self.places) < 2:
            return False
        lefts, rights = ({p.left for p in self.places}, {p.right for p in self.places})
        return any(len(side) == 1 and "" not in side for side in (lefts, rights))


Candidates = dict[str, Candidate]


def candidates(texts: Sequence[Text], reader: Reader) -> list[Candidates]:
    """Lists each text's candidates by key; reads all titles, bodies and tags in one batch."""
    flat = [part for text in texts for part in (text.title, text.body, *text.tags)]
    runs = iter(reader.runs(flat))
    per_text = []
    for text in texts:
        of_text: Candidates = {}
        for title, part in ((True, text.title), (False, text.body)):
            for run in next(runs):
                _take(of_text, run, part, title)
            _take_quoted(of_text, part, title)
        for tag in text.tags:
            _take_tag(of_text, tag, next(runs))
        per_text.append(of_text)
    return per_text


def _take(of_text: Candidates, run: Run, text: str, title: bool) -> None:
    """Adds all word sequences of a run that may be a phrase."""
    for first, last in _stretches(run):
        pieces = run[first : last + 1]
        surface = text[pieces[0].start : pieces[-1].end]
        key = fold_key(surface)
        if not 2 <= len(key) <= LONGEST or key.isdigit():
            continue
        candidate = of_text.get(key)
        if candidate is None:
            words, roles = tuple(p.key for p in pieces), tuple(p.role for p in pieces)
            candidate = of_text[key] = Candidate(key, surface, words, roles)
        left = run[first - 1].key if first else ""
        right = run[last + 1].key if last + 1 < len(run) else ""
        candidate.places.append(Place(title, pieces[0].start, left, right))


def _stretches(run: Run) -> Iterator[tuple[int, int]]:
    for first, opening in enumerate(run):
        if opening.role != HALF and not may_begin(opening.key):
            continue
        for last in range(first, min(len(run), first + _MAX_WORDS)):
            closing = run[last]
            if first == last and opening.role in (INSIDE, HALF):
                continue
            if closing.role == HALF or may_end(closing.key):
                yield first, last


def _take_quoted(of_text: Candidates, text: str, title: bool) -> None:
    """Adds what stands between quotation marks as one phrase."""
    for match in _QUOTED.finditer(text):
        key = fold_key(match[1])
        if len(key) > 1 and key not in of_text and not key.isdigit():
            of_text[key] = Candidate(key, match[1].strip(), (key,), (FULL,))
            of_text[key].places.append(Place(title, match.start(1), "", ""))


def _take_tag(of_text: Candidates, tag: str, runs: Sequence[Run]) -> None:
    """Adds a tag as one candidate, unless it holds only filler."""
    key = fold_key(tag)
    if not 2 <= len(key) <= LONGEST or key.isdigit() or not runs:
        return
    if key not in of_text:
        words = tuple(piece.key for run in runs for piece in run)
        roles = tuple(piece.role for run in runs for piece in run)
        of_text[key] = Candidate(key, tag.strip(), words, roles)
    of_text[key].tag = True


def neighbours(per_text: Sequence[Candidates]) -> dict[str, tuple[int, int]]:
    """Returns for each phrase of a collection (its occurrences, its occurrences with its commonest
    neighbour).

    The neighbour is counted on the side where that number is higher.
    """
    sides: dict[str, list[dict[str, int]]] = {}
    counts: dict[str, int] = {}
    for of_text in per_text:
        for key, candidate in of_text.items():
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
