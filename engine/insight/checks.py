"""What a platform editor looks at in a draft: lengths, tags, repeats, copies, banned words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.model import Note
from engine.text.normalise import fold, fold_key

TITLE, BODY = 20, 1_000
LEAST_TAGS, MOST_TAGS = 5, 8
REPEATS = 5  # mentions of one keyword; under BM25 what follows the third adds next to nothing


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was found, the limit, whether it is kept, and what to do."""

    check: str
    value: str
    limit: str
    kept: bool
    note: str


def title_length(title: str) -> int:
    """Characters as the platform counts them: non-ASCII 2, ASCII 1, halved and rounded up."""
    return (sum(1 if char.isascii() else 2 for char in title) + 1) // 2


def checks(
    note: Note, keywords: Sequence[str], banned: Sequence[str], copy_of: tuple[str, float] | None
) -> list[Check]:
    """All checks of a draft; `copy_of` is the note that it nearly repeats, and how alike."""
    length = title_length(note.title)
    tags = len(note.tags)
    found = [
        Check("title", str(length), f"≤ {TITLE}", length <= TITLE, "按平台算：汉字 1，字母半个"),
        Check("body", str(len(note.body)), f"≤ {BODY}", len(note.body) <= BODY, "正文字数"),
        Check("tags", str(tags), f"{LEAST_TAGS}–{MOST_TAGS}",
              LEAST_TAGS <= tags <= MOST_TAGS, "话题数"),
        _repeats(note, keywords),
    ]  # fmt: skip
    if copy_of:
        note_id, alike = copy_of
        text = "与库中笔记几乎相同：页面上会合并成一条"
        found.append(Check("near-duplicate", f"{note_id} ({alike:.0%})", "none", False, text))
    else:
        found.append(Check("near-duplicate", "none", "none", True, "库中没有几乎相同的笔记"))
    return found + [_banned(note, word) for word in banned if _places(note, word)]


def _repeats(note: Note, keywords: Sequence[str]) -> Check:
    text = fold_key(f"{note.title}\n{note.body}")
    counts = {word: text.count(fold_key(word)) for word in keywords if fold_key(word)}
    word = max(counts, key=lambda w: (counts[w], w), default="")
    most = counts.get(word, 0)
    value = f"{word} × {most}" if most else "none"
    return Check("stuffing", value, f"≤ {REPEATS}", most <= REPEATS, "同一关键词出现的次数")


def _banned(note: Note, word: str) -> Check:
    return Check("banned word", word, "none", False, "、".join(_places(note, word)))


def _places(note: Note, word: str) -> list[str]:
    """Where a word stands: title and body by character from 1, tags by name."""
    key = fold_key(word)
    if not key:
        return []
    texts = {"title": fold(note.title).text, "body": fold(note.body).text}
    found = [f"{name} {text.index(key) + 1}" for name, text in texts.items() if key in text]
    return found + [f"#{tag}" for tag in note.tags if key in fold_key(tag)]
