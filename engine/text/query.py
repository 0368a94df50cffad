"""Parses user text into a Query: words, "phrases", -not, tag: brand: type: author: since: until:.

User text is never a parse error: what the parser does not understand becomes words, and
`Query.notes` says so. Queries and notes share one analysis; aliases are added at query time with
less weight.
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
_MAX_WORDS = 32
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
    """One piece of the typed text."""

    text: str
    key: str = ""
    phrase: bool = False
    negative: bool = False


def parse(text: str, segmenter: Segmenter, weights: QueryWeights | None = None) -> Query:
    """Parses what a user typed. Raises BadQuery past 200 characters or 32 words."""
    if len(text) > MAX_CHARACTERS:
        raise BadQuery(f"the query has {len(text)} characters", f"use at most {MAX_CHARACTERS}")
    parser = _Parser(segmenter, weights or QueryWeights())
    for part in _parts(text):
        parser.take(part)
    return parser.finish(text)


def plain(text: str, segmenter: Segmenter, weights: QueryWeights | None = None) -> Query:
    """Parses a text as words alone, without operators and limits (judged queries, drafts)."""
    parser = _Parser(segmenter, weights or QueryWeights(), max_words=None)
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
        self, segmenter: Segmenter, weights: QueryWeights, max_words: int | None = _MAX_WORDS
    ) -> None:
        self._max_words = max_words
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
        joined = " ".join(self._texts)  # `Louis Vuitton` is typed as two words and is one phrase
        for piece in self._segmenter.pieces(fold(joined).text):
            route = "bigram" if piece.bigram else ""
            weight = self._weights.bigram if piece.bigram else 1.0
            present = clauses.get(piece.term)
            if present is None or (present.route and not route):
                words += not piece.bigram
                clauses[piece.term] = Clause(piece.term, piece.term, weight, route)
        if self._max_words is not None and words > self._max_words:
            raise BadQuery(f"the query has {words} words", f"use at most {self._max_words}")
        for clause in list(clauses.values()):
            if not clause.route:
                self._add_aliases(clause, clauses)
        return list(clauses.values())

    def _add_aliases(self, clause: Clause, clauses: dict[str, Clause]) -> None:
        for alias in self._segmenter.lexicon.aliases(clause.term):
            weight = self._weights.alias if alias.same else self._weights.onward
            present = clauses.get(alias.term)
            if weight > 0 and (present is None or (present.route and present.weight < weight)):
                clauses[alias.term] = Clause(alias.term, clause.term, weight, alias.route)

    def _narrow(self, part: _Part) -> bool:
        """Adds a `key:value` to the filter. Returns False when the value has no meaning."""
        value, current = part.text, self._filter
        if part.key == "tag":
            self._filter = replace(current, tags=(*current.tags, fold_key(value)))
        elif part.key == "brand":
            brand = fold_key(self._segmenter.lexicon.brand_named(value))
            self._filter = replace(current, brands=(*current.brands, brand))
        elif part.key == "author":
            self._filter = replace(current, authors=(*current.authors, value))
        elif part.key == "type" and value.lower() in KIND_WORDS:
            self._filter = replace(current, kinds=(*current.kinds, KIND_WORDS[value.lower()]))
        elif part.key == "since" and (day := _day(value)) is not None:
            self._filter = replace(current, since=day)
        elif part.key == "until" and (day := _day(value, after=1)) is not None:
            self._filter = replace(current, until=day)
        else:
            self._notes.append(f"{part.key}:{value} is not understood and was searched as a word")
            return False
        return True


def _day(text: str, after: int = 0) -> int | None:
    """Returns midnight (+08:00) of a day plus `after` days, in seconds since 1970; None for no
    date."""
    try:
        day = date.fromisoformat(text.replace("/", "-").replace(".", "-"))
        moment = datetime.combine(day, time(), CHINA) + timedelta(days=after)
        return int(moment.timestamp())
    except (ValueError, OverflowError):
        return None
