"""What a user types -> Query: words, "phrases", -not, tag: brand: type: author: since: until:.

User text is never a parse error: what is not understood is searched as words, and `Query.notes`
says so. Words and notes share one analysis; aliases join at query time with less weight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from engine.errors import BadQuery
from engine.model import CHINA, Clause, Filter, Kind, Query, QueryWeights
from engine.text.normalise import fold, fold_key
from engine.text.segment import Segmenter

MAX_CHARACTERS = 200
MAX_TERMS = 32
KIND_WORDS: dict[str, Kind] = {
    "image": "image",
    "图文": "image",
    "图片": "image",
    "normal": "image",
    "video": "video",
    "视频": "video",
}
_PIECE = re.compile(
    r"(?P<not>-)?(?:(?P<key>[A-Za-z]+|标签|品牌|类型|作者|起|止)[:：])?"
    r"(?:[\"“”](?P<phrase>[^\"“”]*)[\"“”]|(?P<word>[^\s\"“”]+))"
)
_KEYS = {"标签": "tag", "品牌": "brand", "类型": "type", "作者": "author", "起": "since"}
_KEYS |= {"止": "until"} | {key: key for key in ("tag", "brand", "type", "author")}
_KEYS |= {"since": "since", "until": "until"}


@dataclass(frozen=True, slots=True)
class _Part:
    """One piece of what was typed."""

    text: str
    key: str = ""
    phrase: bool = False
    negative: bool = False


def parse(text: str, segmenter: Segmenter, weights: QueryWeights | None = None) -> Query:
    """Analyse what a user typed; BadQuery past 200 characters or 32 words."""
    if len(text) > MAX_CHARACTERS:
        raise BadQuery(f"the query has {len(text)} characters", f"use at most {MAX_CHARACTERS}")
    parser = _Parser(segmenter, weights or QueryWeights())
    for part in _parts(text):
        parser.take(part)
    return parser.finish(text)


def plain(text: str, segmenter: Segmenter, weights: QueryWeights | None = None) -> Query:
    """Analyse a text as words alone: no operators, no limits (judged queries, drafts)."""
    parser = _Parser(segmenter, weights or QueryWeights(), most=None)
    parser.take(_Part(text))
    return parser.finish(text)


def _parts(text: str) -> Iterator[_Part]:
    for match in _PIECE.finditer(text):
        phrase, word = match.group("phrase"), match.group("word")
        value = phrase if word is None else word
        key = _KEYS.get((match.group("key") or "").lower(), "")
        if match.group("key") and not key:
            value = f"{match.group('key')}:{value}"
        negative = bool(match.group("not")) and (
            match.start() == 0 or text[match.start() - 1].isspace()
        )
        if value:
            yield _Part(value, key, word is None, negative)


class _Parser:
    """Collects parts into a Query."""

    def __init__(
        self, segmenter: Segmenter, weights: QueryWeights, most: int | None = MAX_TERMS
    ) -> None:
        self._most = most
        self._segmenter = segmenter
        self._weights = weights
        self._texts: list[str] = []
        self._required: list[tuple[str, ...]] = []
        self._excluded: list[tuple[str, ...]] = []
        self._phrases: list[str] = []
        self._filter = Filter()
        self._notes: list[str] = []

    def take(self, part: _Part) -> None:
        if part.key and not part.negative and self._narrow(part):
            return
        terms = self._terms(part.text)
        if part.negative and terms:
            self._excluded.append(terms)
            return
        self._texts.append(part.text)
        if part.phrase and terms:
            self._required.append(terms)
            self._phrases.append(fold_key(part.text))

    def finish(self, text: str) -> Query:
        return Query(
            text=text,
            clauses=tuple(self._clauses()),
            required=tuple(self._required),
            excluded=tuple(self._excluded),
            phrases=tuple(self._phrases),
            filter=self._filter,
            notes=tuple(self._notes),
        )

    def _terms(self, text: str) -> tuple[str, ...]:
        pieces = self._segmenter.pieces(fold(text).text)
        return tuple(dict.fromkeys(piece.term for piece in pieces))

    def _clauses(self) -> list[Clause]:
        clauses: dict[str, Clause] = {}
        words = 0
        together = " ".join(self._texts)  # `Louis Vuitton` is typed as two words and is one phrase
        for piece in self._segmenter.pieces(fold(together).text):
            route = "bigram" if piece.bigram else ""
            weight = self._weights.bigram if piece.bigram else 1.0
            known = clauses.get(piece.term)
            if known is None or (known.route and not route):
                words += not piece.bigram
                clauses[piece.term] = Clause(piece.term, piece.term, weight, route)
        if self._most is not None and words > self._most:
            raise BadQuery(f"the query has {words} words", f"use at most {self._most}")
        for clause in list(clauses.values()):
            if not clause.route:
                self._add_aliases(clause, clauses)
        return list(clauses.values())

    def _add_aliases(self, clause: Clause, clauses: dict[str, Clause]) -> None:
        for alias in self._segmenter.lexicon.aliases(clause.term):
            weight = self._weights.alias if alias.same else self._weights.onward
            known = clauses.get(alias.term)
            if weight > 0 and (known is None or (known.route and known.weight < weight)):
                clauses[alias.term] = Clause(alias.term, clause.term, weight, alias.route)

    def _narrow(self, part: _Part) -> bool:
        """Put a `key:value` into the filter; False when the value says nothing."""
        value, known = part.text, self._filter
        if part.key == "tag":
            self._filter = replace(known, tags=(*known.tags, fold_key(value)))
        elif part.key == "brand":
            brand = fold_key(self._segmenter.lexicon.brand_named(value))
            self._filter = replace(known, brands=(*known.brands, brand))
        elif part.key == "author":
            self._filter = replace(known, authors=(*known.authors, value))
        elif part.key == "type" and value.lower() in KIND_WORDS:
            self._filter = replace(known, kinds=(*known.kinds, KIND_WORDS[value.lower()]))
        elif part.key == "since" and (day := _day(value)) is not None:
            self._filter = replace(known, since=day)
        elif part.key == "until" and (day := _day(value, after=1)) is not None:
            self._filter = replace(known, until=day)
        else:
            self._notes.append(f"{part.key}:{value} is not understood and was searched as a word")
            return False
        return True


def _day(text: str, after: int = 0) -> int | None:
    """Midnight in +08:00 of a day, or of one so many days after, as seconds since 1970."""
    try:
        day = date.fromisoformat(text.replace("/", "-").replace(".", "-"))
        moment = datetime.combine(day, time(), CHINA) + timedelta(days=after)
        return int(moment.timestamp())
    except (ValueError, OverflowError):
        return None
