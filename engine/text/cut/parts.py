"""Parts of speech and how rare a word is in general, from jieba's own files.

jieba stays the owner of both: `dict.txt` has a tag a word (PKU tag set), `analyse/idf.txt` the
inverse document frequency (natural logarithm) of a general corpus.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from engine.text.cut.dictionary import jieba_folder

Part = Literal["function", "verb", "adjective", "noun"]

_FUNCTION = frozenset("cdefhmopqruxyz") | {"tg", "vd", "vq"}  # by first letter, or whole
_ADJECTIVE = frozenset(("a", "ad", "ag"))
_VERB = frozenset(("v", "vg", "vi"))


@cache
def _tags() -> dict[str, str]:
    lines = (jieba_folder() / "dict.txt").read_text("utf-8").splitlines()
    rows = (line.rsplit(" ", 2) for line in lines)
    return {word: tag for word, _, tag in rows if tag[0] != "n"}


@cache
def _rarities() -> dict[str, float]:
    lines = (jieba_folder() / "analyse" / "idf.txt").read_text("utf-8").splitlines()
    rows = (line.rsplit(" ", 1) for line in lines)
    return {word: float(value) for word, value in rows}


def part(word: str) -> Part:
    """What a folded word is; a word without a tag counts as a noun (names, new words)."""
    tag = _tags().get(word, "n")
    if tag[0] in _FUNCTION or tag in _FUNCTION:
        return "function"
    if tag in _VERB:
        return "verb"
    return "adjective" if tag in _ADJECTIVE else "noun"


def rarity(word: str) -> float | None:
    """The word's idf in general Chinese (about 1 to 14), None for one that is not listed."""
    return _rarities().get(word)
