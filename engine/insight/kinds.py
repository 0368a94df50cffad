"""Tells a keyword's kind and its searcher's intent, by the lexicon and by cue words.

Kinds: core, category, brand, rival, scene, crowd, effect, pain, longtail. Intents: know, consider,
compare, buy, use. Cues stand in `cues.toml`. The most telling part decides a phrase's kind: brand
before pain, then crowd, scene, effect, category.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from engine.text.lexicon import Lexicon, as_term
from engine.text.normalise import fold_key
from engine.text.segment import Segmenter

Kind = Literal["core", "category", "brand", "rival", "scene", "crowd", "effect", "pain", "longtail"]
Intent = Literal["know", "consider", "compare", "buy", "use"]
KINDS: tuple[Kind, ...] = (
    "core", "category", "brand", "rival", "scene", "crowd", "effect", "pain", "longtail",
)  # fmt: skip
INTENTS: tuple[Intent, ...] = ("know", "consider", "compare", "buy", "use")
_KIND_OF_LEXICON: dict[str, Kind] = {
    "brand": "brand",
    "product": "brand",
    "ingredient": "effect",
    "effect": "effect",
    "skin_type": "crowd",
    "scene": "scene",
    "crowd": "crowd",
    "slang": "core",
    "category": "category",
}
_KIND_PRIORITY: tuple[Kind, ...] = ("brand", "pain", "crowd", "scene", "effect", "category")
_LONG_TAIL = 3  # lexicon words; or 7 characters of several words
_LONG = 7
_OF_PEOPLE = "皮肌脸材型子质"
_BEGINNING = ("pain", "crowd")


def kind_of(word: str, kind: str) -> Kind:
    """Returns the kind of a keyword for a word's lexicon kind, "core" for a word without one.

    Skin types, hair and shapes are crowd; a concern in the same list (黑头) is pain.
    """
    if kind == "skin_type" and word[-1] not in _OF_PEOPLE:
        return "pain"
    return _KIND_OF_LEXICON.get(kind, "core")


@cache
def _cues() -> Any:
    return tomllib.loads((Path(__file__).parent / "cues.toml").read_text("utf-8"))


def intent(keyword: str, kind: str = "") -> tuple[Intent, str]:
    """Returns the intent of a keyword's searcher, and the cue for it ("" for the default).

    Without a cue, who searches a trouble or a crowd (痘印, 敏感肌) is at the beginning of a
    decision and wants to know. Any other searcher considers: nine in ten of the platform's users
    search at that point.
    """
    key = fold_key(keyword)
    for name in ("compare", "buy", "use", "consider", "know"):
        for cue in _cues()["intent"][name]:
            if cue in key:
                return name, cue
    return ("know" if kind in _BEGINNING else "consider"), ""


def _pain_in(keyword: str) -> str:
    """Returns the pain that a keyword names, "" for none."""
    key = fold_key(keyword)
    return next((cue for cue in _cues()["kind"]["pain"] if cue in key), "")


class Kinds:
    """Tells kinds with one lexicon; brands in `rivals`, in any spelling, are rivals."""

    def __init__(
        self,
        segmenter: Segmenter,
        rivals: Sequence[str] = (),
    ) -> None:
        self._segmenter = segmenter
        self._lexicon: Lexicon = segmenter.lexicon
        self._rivals = {self._brand(name) for name in rivals}

    def kind(self, keyword: str) -> Kind:
        """Returns the kind of a keyword."""
        return self.why(keyword)[0]

    def why(self, keyword: str) -> tuple[Kind, str]:
        """Returns (kind, the part of the keyword that decides it)."""
        key = fold_key(keyword)
        words = self._segmenter.words(key)
        lexicon_words = [(w, self._lexicon.kind(w)) for w in words if self._lexicon.kind(w)]
        if phrase_kind := self._lexicon.kind(as_term(key)):
            lexicon_words = [(as_term(key), phrase_kind)]
        brand = next((b for w, _ in lexicon_words if (b := self._lexicon.brand(w))), "")
        if brand:
            return ("rival" if self._is_rival(brand) else "brand"), brand
        if len(lexicon_words) >= _LONG_TAIL or (len(key) >= _LONG and len(words) > 1):
            return "longtail", key
        if len(lexicon_words) > 1 and lexicon_words[-1] == (words[-1], "category"):
            return "longtail", key  # somebody's or something's category: 敏感肌面霜
        kinds = {kind_of(word, kind): word for word, kind in reversed(lexicon_words)}
        if "crowd" not in kinds and (pain := _pain_in(key)):
            kinds["pain"] = pain
        if intent(key)[1] and len(words) > 1 and not kinds.keys() - {"category", "core"}:
            return "longtail", key
        return next(
            ((kind, kinds[kind]) for kind in _KIND_PRIORITY if kind in kinds), ("core", key)
        )

    def _is_rival(self, brand: str) -> bool:
        return self._brand(brand) in self._rivals

    def _brand(self, name: str) -> str:
        return fold_key(self._lexicon.brand_named(name))
