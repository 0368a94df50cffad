"""Observed pages -> a rule set of our own, kept only when it is better on pages it has not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.bm25 import LENGTHS, average_length, encode_length
from engine.errors import BadInput
from engine.index.hits import MISSING
from engine.index.protocol import Scoring
from engine.insight.agreement import LEAST, Mean, agreement, mean
from engine.insight.calibrate import FOLDS, Features, Floats, UnfittedSignals, Weights, fit, folds
from engine.insight.fidelity import Comparer
from engine.insight.observed import ObservedPage
from engine.model import COUNTS, FIELDS, Progress, quiet
from engine.ranking.ruleset import Engagement, Format, Freshness, Rule, RuleSet
from engine.snapshot import LibrarySnapshot
from engine.text.query import plain

LEAST_PAGES = 10  # keywords with a page that tells something
NAME = "calibrated"
_FLAT = Scoring(title=1.0, tags=1.0, body=1.0)
_NEW = 0.05  # the weight at which a rule begins that the current rule set lacks
_DIGITS = 4
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Change:
    """One weight before and after, and what it means."""

    parameter: str
    before: float
    after: float
    meaning: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted rule set, its held-out tau beside the current one's, and the difference a keyword.

    `better`: the difference's interval lies above 0; only then is the rule set worth keeping.
    """

    rules: RuleSet
    pages: int
    old: Mean
    new: Mean
    difference: Mean
    changes: tuple[Change, ...]

    @property
    def better(self) -> bool:
        return self.difference.low > 0


class Calibrator:
    """Fits rule sets on one state of a library."""

    def __init__(self, library: LibrarySnapshot) -> None:
        self._library = library
        self._comparer = Comparer(library)

    def calibrate(
        self, observed: Sequence[ObservedPage], rules: RuleSet, tick: Progress = quiet
    ) -> Calibration:
        """Fit on all pages; the figures come from five fits, each tried on pages it has not seen.

        BadInput when fewer than 10 keywords have a page of 5 known notes or more.
        """
        pages, _ = self._comparer.without_missing(observed)
        pages = [page for page in pages if len(page.note_ids) >= LEAST]
        if len(pages) < LEAST_PAGES:
            raise BadInput(
                f"{len(pages)} keywords have a page of {LEAST} notes of the library or more:"
                " too few to learn from",
                f"observe {LEAST_PAGES} keywords, better 40, and import their notes",
            )
        features = []
        for done, page in enumerate(pages, 1):
            features.append(self._features(page, rules))
            tick(0.4 * done / len(pages))
        current, unfitted = weights_of(rules), _unfitted(rules)
        old = self._taus(pages, rules)
        new = [0.0] * len(pages)
        for done, (learnt, held) in enumerate(folds(len(pages)), 1):
            fitted = with_weights(rules, fit([features[at] for at in learnt], current, unfitted))
            for at, tau in zip(held, self._taus([pages[at] for at in held], fitted), strict=True):
                new[at] = tau
            tick(0.4 + 0.5 * done / FOLDS)
        final = with_weights(rules, fit(features, current, unfitted))
        tick(1.0)
        return Calibration(
            rules=final,
            pages=len(pages),
            old=mean(old),
            new=mean(new),
            difference=mean(np.subtract(new, old).tolist()),
            changes=tuple(_changes(rules, final)),
        )

    def _taus(self, pages: Sequence[ObservedPage], rules: RuleSet) -> list[float]:
        """tau of the engine's own pages; the fit's model is not asked."""
        orders = self._comparer.orders(pages, rules)
        rows = (agreement(p.note_ids, order) for p, order in zip(pages, orders, strict=True))
        return [row.tau or 0.0 for row in rows]

    def _features(self, page: ObservedPage, rules: RuleSet) -> Features:
        index = self._library.index
        query = plain(page.keyword, self._library.segmenter, rules.query)
        columns = index.columns(page.note_ids)
        (now,) = self._comparer.by_moment([page])
        summands = index.explain_many(query, _FLAT, page.note_ids)
        pairs = [(row, term) for row, terms in enumerate(summands) for term in terms]
        sizes = index.statistics([]).items()
        means = {f: float(average_length(s.terms, s.notes)) for f, s in sizes if s.notes}
        lengths = LENGTHS[encode_length(np.array([int(t.length) for _, t in pairs], np.int64))]
        counts = np.stack([getattr(columns, name) for name in COUNTS], axis=1)
        dated = columns.published != MISSING
        ages = np.where(dated, (now.timestamp() - columns.published) / _DAY, 0.0)
        return Features(
            note=np.array([row for row, _ in pairs], np.int64),
            field=np.array([FIELDS.index(t.field) for _, t in pairs], np.int64),
            weight=np.array([t.weight * t.idf for _, t in pairs], np.float64),
            tf=np.array([t.tf for _, t in pairs], np.float64),
            length=np.array(
                [float(n) / means[t.field] for n, (_, t) in zip(lengths, pairs, strict=True)]
            ),
            counts=np.where(counts == MISSING, 0, counts).astype(np.float64),
            counted=(counts != MISSING).any(axis=1),
            age=np.maximum(ages, 0.0),
            dated=dated,
            fixed=_fixed(rules, [columns.kind(row) for row in range(len(columns))]),
        )


def weights_of(rules: RuleSet) -> Weights:
    """The weights of a rule set as the fit takes them; a rule that is not there begins small."""
    heat, fresh = _heat(rules), _fresh(rules)
    body = rules.scoring.body or 1.0
    return Weights(
        title=rules.scoring.title / body,
        tags=rules.scoring.tags / body,
        k1=rules.scoring.k1,
        b=rules.scoring.b,
        engagement=heat.weight or _NEW,
        freshness=fresh.weight or _NEW,
        half_life=fresh.half_life_days,
        counts=(heat.likes or 1.0, heat.collects, heat.comments, heat.shares),
    )


def with_weights(rules: RuleSet, w: Weights) -> RuleSet:
    """A rule set with other weights, named `calibrated`, one version up."""
    likes, collects, comments, shares = map(_rounded, w.counts)
    changed: dict[str, Rule] = {
        "engagement": replace(
            _heat(rules), weight=_rounded(w.engagement),
            likes=likes, collects=collects, comments=comments, shares=shares,
        ),
        "freshness": replace(
            _fresh(rules), weight=_rounded(w.freshness),
            half_life_days=_rounded(w.half_life),
        ),
    }  # fmt: skip
    others = [(name, rule) for name, rule in rules.rules if name not in changed]
    return replace(
        rules,
        name=NAME,
        version=rules.version + 1 if rules.name == NAME else 1,
        scoring=Scoring(_rounded(w.k1), _rounded(w.b), _rounded(w.title), _rounded(w.tags), 1.0),
        rules=(*changed.items(), *others),
    )


def _heat(rules: RuleSet) -> Engagement:
    """The engagement rule; without weight when the rule set has none."""
    return next((r for _, r in rules.rules if isinstance(r, Engagement)), Engagement(0.0))


def _fresh(rules: RuleSet) -> Freshness:
    """The freshness rule; without weight when the rule set has none."""
    return next((r for _, r in rules.rules if isinstance(r, Freshness)), Freshness(0.0))


def _unfitted(rules: RuleSet) -> UnfittedSignals:
    heat, fresh = _heat(rules), _fresh(rules)
    return UnfittedSignals(heat.full, heat.unknown, fresh.unknown)


def _fixed(rules: RuleSet, kinds: Sequence[str]) -> Floats:
    """The logs of the factors that are not fitted: those of the form."""
    logs = np.zeros(len(kinds))
    for _, rule in rules.rules:
        if isinstance(rule, Format):
            values = {"video": rule.video, "image": rule.image}
            signals = np.array([values.get(kind, rule.unknown) for kind in kinds])
            logs += np.log1p(rule.weight * signals)
    return logs


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _changes(old: RuleSet, new: RuleSet) -> Iterator[Change]:
    before, after = weights_of(old), weights_of(new)
    heat, fresh = _heat(old).weight, _fresh(old).weight
    yield Change("boosts.title", before.title, after.title,
                 f"标题里的词算正文里的 {after.title:g} 倍")  # fmt: skip
    yield Change("boosts.tags", before.tags, after.tags,
                 f"话题里的词算正文里的 {after.tags:g} 倍")  # fmt: skip
    yield Change("bm25.k1", before.k1, after.k1, "越大，重复提及越有用")
    yield Change("bm25.b", before.b, after.b, "越大，长文越吃亏")
    yield Change("rules.engagement.weight", heat, after.engagement,
                 f"互动最高的笔记得分最多 ×{1 + after.engagement:.2f}")  # fmt: skip
    for name, old_weight, new_weight in zip(COUNTS, before.counts, after.counts, strict=True):
        meaning = f"一个{_COUNT_NAMES[name]}算 {new_weight:g}"
        yield Change(f"rules.engagement.{name}", old_weight, new_weight, meaning)
    yield Change("rules.freshness.weight", fresh, after.freshness,
                 f"刚发布的笔记得分最多 ×{1 + after.freshness:.2f}")  # fmt: skip
    yield Change("rules.freshness.half_life_days", before.half_life, after.half_life,
                 f"每 {after.half_life:g} 天，新鲜度减半")  # fmt: skip


_COUNT_NAMES = dict(zip(COUNTS, ("赞", "收藏", "评论", "分享"), strict=True))
