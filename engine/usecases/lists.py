"""Lists as people write them: entries between `,` `，` `、` `;` `；` or on lines of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from engine.engine import Engine
from engine.errors import BadOption, NotFound
from engine.formats.keywords import KeywordLine
from engine.usecases.limits import KEYWORDS, LETTERS, OWN, RIVALS, at_most

_BETWEEN = re.compile(r"[,，、;；\n\r]+")
_WEIGHT, _SEARCHES = 1e9, 10**12


def entries(text: str | Iterable[str]) -> list[str]:
    """The entries of a text, or of texts that may hold several each; every entry once."""
    texts = [text] if isinstance(text, str) else text
    parts = (part.strip() for each in texts for part in _BETWEEN.split(each))
    return list(dict.fromkeys(part for part in parts if part))


def words(text: str | Iterable[str], most: int, what: str) -> list[str]:
    """The entries of a list, at most so many and each short; BadOption names the limit."""
    parts = entries(text)
    at_most(parts, most, what)
    for part in parts:
        _short(part, what)
    return parts


def brands(own: str | Iterable[str], rivals: str | Iterable[str]) -> tuple[list[str], list[str]]:
    """(own brands, rivals)."""
    return words(own, OWN, "own brands"), words(rivals, RIVALS, "rivals")


def weights(pairs: str | Iterable[str]) -> dict[str, float]:
    """`面霜=0.1` -> weight by keyword; BadOption for a pair without a number."""
    weighed = {}
    for pair in entries(pairs):
        word, _, value = pair.rpartition("=")
        try:
            weighed[word] = float(value)
        except ValueError as error:
            raise BadOption(f"'{pair}' is no weight", "write 面霜=0.1") from error
    return weighed


def keyword_lines(lines: Sequence[str | KeywordLine], most: int = KEYWORDS) -> list[KeywordLine]:
    """Keywords, typed or as rows, each once; BadOption for none, too many, or one too long."""
    listed: dict[str, KeywordLine] = {}
    for line in lines:
        rows = [line] if isinstance(line, KeywordLine) else map(KeywordLine, entries(line))
        for row in rows:
            listed.setdefault(row.keyword, _checked(row))
    if not listed:
        raise BadOption("no keyword is given", "give a list of keywords: 面霜, 敏感肌面霜")
    at_most(listed, most, "keywords")
    return list(listed.values())


def saved_lines(engine: Engine, name: str) -> list[KeywordLine]:
    """The newest keyword set that is kept under a portrait's name; NotFound for none."""
    versions = engine.saved.sets(name)
    if not versions:
        raise NotFound(
            f"no kept set '{name}'",
            "give a csv, xlsx, toml or json list, or the name of a portrait whose set was kept",
        )
    return [_line(row) for row in versions[-1].content]


def _line(row: Mapping[str, object]) -> KeywordLine:
    keyword, weight = str(row["keyword"]), row["weight"]
    assert weight is None or isinstance(weight, int | float)
    return KeywordLine(keyword, weight, str(row["kind"]), str(row["intent"]))


def _checked(line: KeywordLine) -> KeywordLine:
    word = line.keyword.strip()
    if not word:
        raise BadOption("an empty keyword", "leave it out, or write it")
    _short(word, "keywords")
    if line.weight is not None and not 0 <= line.weight < _WEIGHT:
        raise BadOption(f"the weight of '{word}' is {line.weight:g}", "give 0 to 1e9")
    if line.searches is not None and not 0 <= line.searches <= _SEARCHES:
        raise BadOption(f"the demand of '{word}' is {line.searches}", f"give 0 to {_SEARCHES:,}")
    return line


def _short(word: str, what: str) -> None:
    if len(word) > LETTERS:
        raise BadOption(f"{what}: one of {len(word)} characters", f"give at most {LETTERS}")
