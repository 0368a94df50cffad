"""Checks that a platform editor makes of a draft: lengths, tags, repeats, copies, banned words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.model import Note
from engine.text.normalise import fold, fold_key

TITLE, BODY = 20, 1_000
_LEAST_TAGS, MOST_TAGS = 5, 8
_MAX_REPEATS = 5  # mentions of one keyword; under BM25 a fourth mention adds next to nothing


@dataclass(frozen=True, slots=True)
class Check:
    """One check: the measured value, the limit, whether the draft keeps it, and what to do."""

    check: str
    value: str
    limit: str
    kept: bool
    note: str


def title_length(title: str) -> int:
    """Counts characters as the platform does: non-ASCII 2, ASCII 1, halved and rounded up."""
    return (sum(1 if char.isascii() else 2 for char in title) + 1) // 2


def checks(
    note: Note, keywords: Sequence[str], banned: Sequence[str], copy_of: tuple[str, float] | None
) -> list[Check]:
    """Runs all checks of a draft.

    `copy_of` is (id of the note that the draft nearly repeats, similarity 0 to 1), or None.
    """
    length = title_length(note.title)
    tags = len(note.tags)
    results = [
        Check("title", str(length), f"≤ {TITLE}", length <= TITLE, "按平台算：汉字 1，字母半个"),
        Check("body", str(len(note.body)), f"≤ {BODY}", len(note.body) <= BODY, "正文字数"),
        Check("tags", str(tags), f"{_LEAST_TAGS}–{MOST_TAGS}",
              _LEAST_TAGS <= tags <= MOST_TAGS, "话题数"),
        _repeats(note, keywords),
    ]  # fmt: skip
    if copy_of:
        note_id, alike = copy_of
        text = "与库中笔记几乎相同：页面上会合并成一条"
        results.append(Check("near-duplicate", f"{note_id} ({alike:.0%})", "none", False, text))
    else:
        results.append(Check("near-duplicate", "none", "none", True, "库中没有几乎相同的笔记"))
    return results + [_banned(note, word) for word in banned if _places(note, word)]


def _repeats(note: Note, keywords: Sequence[str]) -> Check:
    text = fold_key(f"{note.title}\n{note.body}")
    counts = {word: text.count(fold_key(word)) for word in keywords if fold_key(word)}
    word = max(counts, key=lambda w: (counts[w], w), default="")
    most = counts.get(word, 0)
    value = f"{word} × {most}" if most else "none"
    return Check(
        "stuffing", value, f"≤ {_MAX_REPEATS}", most <= _MAX_REPEATS, "同一关键词出现的次数"
    )


def _banned(note: Note, word: str) -> Check:
    return Check("banned word", word, "none", False, "、".join(_places(note, word)))


def _places(note: Note, word: str) -> list[str]:
    """Lists where a word stands: character in title and body (from 1), and tags by name."""
    key = fold_key(word)
    if not key:
        return []
    texts = {"title": fold(note.title).text, "body": fold(note.body).text}
    places = [f"{name} {text.index(key) + 1}" for name, text in texts.items() if key in text]
    return places + [f"#{tag}" for tag in note.tags if key in fold_key(tag)]
