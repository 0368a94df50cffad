"""A keyword set: the keywords of a portrait or list, with weights and evidence in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.formats.keywords import KeywordLine
from engine.insight.distinct import Distinctness
from engine.insight.kinds import Intent, Kind
from engine.insight.portrait import Portrait, Trait


@dataclass(frozen=True, slots=True)
class Provenance:
    """The evidence for a keyword, in numbers.

    `traits`: (part, word, notes of that word's page that name the keyword). `said`: whether the
    portrait holds it. `notes` of `affine` notes name it, `library` of all notes. `topic`: the label
    of its topic. `together`: keywords that share most notes with it. `searches` a month and `bag`
    of an imported list. `questions`: comments that name it. `parts` multiply to `raw`.
    """

    traits: tuple[tuple[str, str, int], ...]
    said: bool
    notes: int
    affine: int
    library: int
    distinct: Distinctness
    topic: str
    together: tuple[str, ...]
    searches: int | None
    bag: str
    questions: tuple[str, ...]
    parts: tuple[tuple[str, float], ...]
    raw: float

    def sentence(self) -> str:
        """Describes the evidence in one line for a table."""
        texts = [f"画像原词（{self.traits[0][0]}）"] if self.said and self.traits else []
        trait_texts = "、".join(f"{word} {count} 篇" for _, word, count in self.traits[:3])
        if trait_texts:
            texts.append(f"来自 {trait_texts}")
        texts.append(
            f"相关笔记 {self.notes}/{self.affine}，全库 {self.library}，z {self.distinct.z:.1f}"
        )
        if self.topic:
            texts.append(f"话题 {self.topic}")
        if self.together:
            texts.append(f"同现 {'、'.join(self.together)}")
        if self.searches is not None:
            texts.append(f"聚光月搜 {self.searches:,}" + (f"（{self.bag}）" if self.bag else ""))
        if self.questions:
            texts.append(f"评论提问 {len(self.questions)} 条")
        return " · ".join(texts)


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword of a set; the weights of a set sum to 1. `examples` are note ids."""

    keyword: str
    kind: Kind
    intent: Intent
    weight: float
    provenance: Provenance
    examples: tuple[str, ...]
    locked: bool = False


@dataclass(frozen=True, slots=True)
class KeywordSet:
    """The keywords of a portrait, heaviest first.

    `traits` are the portrait's words with the number of notes on each one's page; `affine` counts
    the audience's notes; `topics` are topic labels with their share of the weight; `left_out` are
    dropped phrases with the reason.
    """

    portrait: Portrait
    keywords: tuple[Keyword, ...]
    traits: tuple[tuple[Trait, int], ...]
    affine: int
    topics: tuple[tuple[str, float], ...]
    left_out: tuple[tuple[str, str], ...]


def weights_of(lines: Sequence[KeywordLine]) -> list[float]:
    """Returns weights that sum to 1; a keyword without a weight gets the mean of the others."""
    stated = [line.weight for line in lines if line.weight is not None]
    mean = sum(stated) / len(stated) if stated else 1.0
    values = [mean if line.weight is None else line.weight for line in lines]
    total = sum(values)
    return [value / total if total else 1 / len(lines) for value in values]
