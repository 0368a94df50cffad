"""What kind a keyword is, and what the searcher of it intends: by the lexicon and by cue words.

Kinds: core, category, brand, rival, scene, crowd, effect, pain, longtail. Intents: know, consider,
compare, buy, use. Cues stand in `cues.toml`; the kind of a phrase is that of its most telling part:
a brand before a pain, a pain before a crowd, a scene, an effect, a category.
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
_OF_LEXICON: dict[str, Kind] = {
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
_TELLING: tuple[Kind, ...] = ("brand", "pain", "crowd", "scene", "effect", "category")
_LONG_TAIL = 3  # parts that the lexicon knows, or 7 characters
_LONG = 7
_OF_PEOPLE = "皮肌脸材型子质"
_BEGINNING = ("pain", "crowd")


def kind_of(word: str, kind: str) -> Kind:
    """The kind of a word of the lexicon: of a skin type, hair or shape it is crowd, of a concern
    that goes with one (黑头) pain; "core" for a word that has none."""
    if kind == "skin_type" and word[-1] not in _OF_PEOPLE:
        return "pain"
    return _OF_LEXICON.get(kind, "core")


@cache
def _cues() -> Any:
    return tomllib.loads((Path(__file__).parent / "cues.toml").read_text("utf-8"))


def intent(keyword: str, kind: str = "") -> tuple[Intent, str]:
    """What a searcher of the keyword intends, and the cue that says so ("" for the default).

    Without a cue, who searches a trouble or for people alike (痘印, 敏感肌) is at the beginning of
    a decision and wants to know; any other searcher considers: nine in ten of the platform's
    users search at that point.
    """
    key = fold_key(keyword)
    for name in ("compare", "buy", "use", "consider", "know"):
        for cue in _cues()["intent"][name]:
            if cue in key:
                return name, cue
    return ("know" if kind in _BEGINNING else "consider"), ""


def pain_in(keyword: str) -> str:
    """The pain that a keyword names, "" for none."""
    key = fold_key(keyword)
    return next((cue for cue in _cues()["kind"]["pain"] if cue in key), "")


class Kinds:
    """Kinds by one lexicon; brands in `rivals`, by any spelling, are rivals."""

    def __init__(
        self,
        segmenter: Segmenter,
        rivals: Sequence[str] = (),
    ) -> None:
        self._segmenter = segmenter
        self._lexicon: Lexicon = segmenter.lexicon
        self._rivals = {self._brand(name) for name in rivals}

    def kind(self, keyword: str) -> Kind:
        """The kind of a keyword."""
        return self.why(keyword)[0]

    def why(self, keyword: str) -> tuple[Kind, str]:
        """(kind, the part of the keyword that tells it)."""
        key = fold_key(keyword)
        words = self._segmenter.words(key)
        known = [(w, self._lexicon.kind(w)) for w in words if self._lexicon.kind(w)]
        if whole := self._lexicon.kind(as_term(key)):
            known = [(as_term(key), whole)]
        brand = next((b for w, _ in known if (b := self._lexicon.brand(w))), "")
        if brand:
            return ("rival" if self._is_rival(brand) else "brand"), brand
        if len(known) >= _LONG_TAIL or (len(key) >= _LONG and len(words) > 1):
            return "longtail", key
        if len(known) > 1 and known[-1] == (words[-1], "category"):
            return "longtail", key  # somebody's or something's category: 敏感肌面霜
        kinds = {kind_of(word, kind): word for word, kind in reversed(known)}
        if "crowd" not in kinds and (pain := pain_in(key)):
            kinds["pain"] = pain
        if intent(key)[1] and len(words) > 1 and not kinds.keys() - {"category", "core"}:
            return "longtail", key
        return next(((kind, kinds[kind]) for kind in _TELLING if kind in kinds), ("core", key))

    def _is_rival(self, brand: str) -> bool:
        return self._brand(brand) in self._rivals

    def _brand(self, name: str) -> str:
        return fold_key(self._lexicon.brand_named(name))
