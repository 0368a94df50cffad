"""Maps a keyword list: keyword × angle × circle of tags, with the cells that nobody claims."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.formats.keywords import KeywordLine
from engine.insight.candidates import Text
from engine.insight.kinds import Kinds
from engine.insight.topics import topics
from engine.snapshot import LibrarySnapshot
from engine.text.normalise import fold_key

_KEYWORDS, _ANGLES, _CIRCLES = 10, 8, 6  # the size of the map
_PLACES = 200  # first places of a keyword that are its notes, if
_LEAST_SHARE = 0.25  # of the best score
_LIVELY = 2  # notes that a circle needs of a keyword and of an angle


@dataclass(frozen=True, slots=True)
class Cell:
    """A keyword from an angle within a circle of tags: how many of its notes stand there.

    `unclaimed`: none does; then the examples are the circle's notes of that angle."""

    keyword: str
    angle: str
    circle: str
    notes: int
    unclaimed: bool
    examples: tuple[str, ...]


def keyword_map(library: LibrarySnapshot, lines: Sequence[KeywordLine]) -> list[Cell]:
    """Returns the cells of a list's heaviest keywords and angles, unclaimed ones first."""
    kinds = Kinds(library.segmenter)
    order = sorted(range(len(lines)), key=lambda i: (-(lines[i].weight or 0.0), i))
    words = [lines[i].keyword for i in order]
    angles = [w for w in words if kinds.kind(w) in ("scene", "crowd", "pain", "effect")]
    subjects = [w for w in words if kinds.kind(w) in ("core", "category", "longtail")]
    of_keywords = {word: _notes_of(library, word) for word in subjects[:_KEYWORDS]}
    of_angles = {word: _notes_of(library, word) for word in angles[:_ANGLES]}
    every = frozenset().union(*of_keywords.values(), *of_angles.values())
    return cells(of_keywords, of_angles, _circles(library, sorted(every)))


def cells(
    keyword_notes: Mapping[str, frozenset[str]],
    angle_notes: Mapping[str, frozenset[str]],
    circle_notes: Mapping[str, frozenset[str]],
) -> list[Cell]:
    """The map of keyword × angle × circle: unclaimed cells first, the liveliest surroundings first.

    Only cells that could be are on it: the keyword and the angle share a note somewhere, and the
    circle has two notes or more of each."""
    ranked = []
    for keyword, of_keyword in keyword_notes.items():
        for angle, of_angle in angle_notes.items():
            if angle in keyword or keyword in angle or not of_keyword & of_angle:
                continue
            for circle, of_circle in circle_notes.items():
                near, other = of_keyword & of_circle, of_angle & of_circle
                if min(len(near), len(other)) < _LIVELY:
                    continue
                both = near & of_angle
                cell = Cell(
                    keyword, angle, circle, len(both), not both, tuple(sorted(both or other)[:3])
                )
                ranked.append((not cell.unclaimed, -min(len(near), len(other)), cell))
    ranked.sort(key=lambda row: (row[0], row[1], row[2].keyword, row[2].angle, row[2].circle))
    return [cell for _, _, cell in ranked]


def _notes_of(library: LibrarySnapshot, word: str) -> frozenset[str]:
    page = library.page(word, _PLACES)
    return frozenset(note_id for note_id, score in page if score >= _LEAST_SHARE * page[0][1])


def _circles(library: LibrarySnapshot, note_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Groups tags that stand together; returns label -> notes, each note in one circle."""
    reader = library.reader
    tags_by_note = {
        note_id: {key: 1.0 for tag in Text.of(note).tags if reader.typed(key := fold_key(tag))}
        for note_id, note in library.texts(note_ids).items()
    }
    tagged = {note_id: tags for note_id, tags in tags_by_note.items() if tags}
    grouped = topics(list(tagged.values()), _CIRCLES)
    circles: dict[str, set[str]] = defaultdict(set)
    for note_id, tags in tagged.items():
        counts = Counter(grouped.of[tag] for tag in tags)
        best = max(counts, key=lambda topic: (counts[topic], -topic))
        circles["、".join(reader.spelling(tag) for tag in grouped.labels[best])].add(note_id)
    return {label: frozenset(ids) for label, ids in sorted(circles.items())}
