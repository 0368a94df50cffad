"""Which words to fight for, in straight lines: phrases, sets, fights, shares.

Everything here works on one state of a library; `Engine` hands it out and keeps what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.errors import BadOption
from engine.formats.keywords import KeywordLine
from engine.index.protocol import Index
from engine.insight import expand as expanding
from engine.insight import keywords as deriving
from engine.insight import opportunity as fights
from engine.insight import visibility as voices
from engine.insight.asking import Asking
from engine.insight.candidates import Text
from engine.insight.discover import Discovery, NewWord
from engine.insight.events import OUT, Event, Watched, watch
from engine.insight.extract import Extractor, Phrase
from engine.insight.keyword_set import Keyword, KeywordSet
from engine.insight.kinds import Kinds, intent
from engine.insight.opportunity import Cell, Cluster, Opportunity
from engine.insight.portrait import Portrait
from engine.insight.sets import Edits, edited
from engine.insight.topics import topics
from engine.insight.visibility import Standing, Total
from engine.model import Note
from engine.ranking.ranker import Places, Rows
from engine.ranking.ruleset import RuleSet
from engine.store import Store
from engine.text.normalise import fold_key
from engine.text.runs import Reader
from engine.text.segment import Segmenter

Tick = Callable[[float], None]
_BATCH = 2_000  # notes read at once for new words
_MAP_KEYWORDS, _MAP_ANGLES, _MAP_CIRCLES = 10, 8, 6
_FOUND = 200  # notes of a keyword on the map


@dataclass(frozen=True, slots=True)
class Fight:
    """A keyword with its weight and provenance, and what a fight for it would meet."""

    keyword: str
    kind: str
    intent: str
    weight: float
    provenance: str
    examples: tuple[str, ...]
    fight: Opportunity


@dataclass(frozen=True, slots=True)
class Battle:
    """Keywords together: fights, clusters by shared pages, own notes that compete, the map."""

    fights: tuple[Fight, ...]
    clusters: tuple[Cluster, ...]
    cannibals: tuple[tuple[str, str, int], ...]
    able: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Voice:
    """Share of voice: a standing for each keyword and brand, and sums over groups."""

    standings: tuple[Standing, ...]
    asked: tuple[voices.Asked, ...]
    pages: tuple[Rows, ...]
    brands: tuple[str, ...]

    def totals(self, by: str = "total") -> list[Total]:
        """Sums by total, kind, intent or portrait."""
        if by not in ("total", "kind", "intent", "portrait"):
            raise BadOption(f"nothing to sum by '{by}'", "use total, kind, intent or portrait")
        return voices.totals(self.asked, self.pages, self.standings, by)


class Insights:
    """Analyses over one state of a library, by one rule set, as of one moment."""

    def __init__(
        self, store: Store, index: Index, segmenter: Segmenter, rule_set: RuleSet, now: datetime
    ) -> None:
        self._store = store
        self._segmenter = segmenter
        self._now = now
        self.places = Places(index, segmenter, rule_set, now)
        self.library = Asking(store, index, segmenter, self.places)
        self.reader = Reader(segmenter)
        self.extractor = Extractor(self.reader)

    # --- phrases -------------------------------------------------------------------------------

    def extract(self, note: Note, most: int) -> list[Phrase]:
        """The keyword phrases of a note or draft; the library says how common they are."""
        known: dict[str, int] = {}

        def seen(key: str) -> int:
            if key not in known:
                (known[key],) = self.library.holding([key])
            return known[key]

        return self.extractor.extract([Text.of(note)], most, seen)[0]

    def expand(self, keyword: str, most: int) -> list[expanding.Near]:
        """Words near a keyword."""
        related = self._store.related(keyword)
        return expanding.expand(keyword, self.library, self.reader, self.extractor, related, most)

    def new_words(self, most: int, known: Sequence[str], tick: Tick) -> list[NewWord]:
        """Words that the notes use and the lexicon lacks."""
        discovery = Discovery(self.reader)
        total = len(self.library) or 1
        batch: list[Note] = []
        done = 0
        for stored in self._store.all():
            batch.append(stored.note)
            if len(batch) == _BATCH:
                discovery.take([n.note_id for n in batch], [Text.of(n) for n in batch])
                done += len(batch)
                batch = []
                tick(min(done / total, 1.0))
        discovery.take([n.note_id for n in batch], [Text.of(n) for n in batch])
        return discovery.proposals(most, known)

    # --- portrait -> set -----------------------------------------------------------------------

    def keywords(
        self, portrait: Portrait, edits: Edits, most: int
    ) -> tuple[KeywordSet, KeywordSet]:
        """(the set as derived, with the user's decisions on top)."""
        extra = len(edits.dropped)
        found = deriving.derive(portrait, self.library, self.reader, self.extractor, most + extra)
        return found, edited(found, edits, self.kinds(portrait), most)

    def kinds(self, portrait: Portrait | None = None) -> Kinds:
        """Kinds of keywords, with the rivals of a portrait."""
        return Kinds(self._segmenter, portrait.rivals if portrait else ())

    # --- where to fight ------------------------------------------------------------------------

    def fights(self, keywords: Sequence[Keyword], tick: Tick | None = None) -> Battle:
        """What a fight for each keyword of a set would meet."""
        lines = [KeywordLine(k.keyword, k.weight, k.kind, k.intent) for k in keywords]
        battle = self.opportunities(lines, (), None, tick)
        told = {k.keyword: k for k in keywords}
        return replace(
            battle,
            fights=tuple(
                replace(
                    one,
                    provenance=told[one.keyword].provenance.sentence(),
                    examples=told[one.keyword].examples,
                )
                for one in battle.fights
            ),
        )

    def opportunities(
        self,
        lines: Sequence[KeywordLine],
        own: Sequence[str] = (),
        portrait: Portrait | None = None,
        tick: Tick | None = None,
    ) -> Battle:
        """Demand, supply, difficulty and room of each keyword of a list."""
        words = [line.keyword for line in lines]
        pages = self.places.of(words, fights.INCUMBENTS * 2, tick)
        supply = self.library.speaking(words)
        titled = self.library.speaking(words, ("title", "tags"))
        fans, titles = self._authors(pages)
        kinds = self.kinds(portrait)
        demand = self.library.demand()
        weights = weights_of(lines)
        found = []
        for number, line in enumerate(lines):
            ids = [self.places.roster.note_ids[row] for row in pages[number].tolist()]
            key = fold_key(line.keyword)
            exact = [self._says(key, titles.get(note_id, "")) for note_id in ids]
            met = fights.incumbents(
                pages[number], self.places.roster, fans, exact, self._copied(pages[number]),
                self._now,
            )  # fmt: skip
            listed = demand.get(key)
            searches = line.searches if line.searches is not None else None
            source = line.source or ("keyword file" if searches is not None else "")
            if searches is None and listed and listed.searches is not None:
                searches, source = listed.searches, f"聚光 {listed.bag}".strip()
            fight = Opportunity(line.keyword, searches, source, supply[number], titled[number], met)
            kind = line.kind or kinds.kind(line.keyword)
            found.append(
                Fight(
                    keyword=line.keyword,
                    kind=kind,
                    intent=line.intent or intent(line.keyword, kind)[0],
                    weight=weights[number],
                    provenance=source,
                    examples=tuple(ids[:3]),
                    fight=fight,
                )
            )
        order = sorted(range(len(lines)), key=lambda at: (-weights[at], at))
        brands = [fold_key(self._segmenter.lexicon.brand_named(name)) for name in own]
        return Battle(
            fights=tuple(found),
            clusters=tuple(fights.clusters([words[i] for i in order], [pages[i] for i in order])),
            cannibals=tuple(fights.cannibals(words, pages, self.places.roster, brands)),
            able=self._able(found, pages),
        )

    def map(self, lines: Sequence[KeywordLine]) -> list[Cell]:
        """Keyword × angle × circle of tags, unclaimed cells first."""
        kinds = self.kinds()
        order = sorted(range(len(lines)), key=lambda i: (-(lines[i].weight or 0.0), i))
        words = [lines[i].keyword for i in order]
        angles = [w for w in words if kinds.kind(w) in ("scene", "crowd", "pain", "effect")]
        subjects = [w for w in words if kinds.kind(w) in ("core", "category", "longtail")]
        notes = {
            word: frozenset(self._matching(word))
            for word in (*subjects[:_MAP_KEYWORDS], *angles[:_MAP_ANGLES])
        }
        of_keywords = {word: notes[word] for word in subjects[:_MAP_KEYWORDS]}
        of_angles = {word: notes[word] for word in angles[:_MAP_ANGLES]}
        every = sorted(frozenset().union(*notes.values())) if notes else []
        return fights.cells(of_keywords, of_angles, self._circles(every))

    # --- share of voice ------------------------------------------------------------------------

    def voice(
        self,
        lines: Sequence[KeywordLine],
        brands: Sequence[str],
        portrait: str = "",
        tick: Tick | None = None,
    ) -> Voice:
        """What part of the pages of a list the brands hold, by any of their spellings."""
        kinds = self.kinds()
        named = {
            fold_key(self._segmenter.lexicon.brand_named(name)): name for name in reversed(brands)
        }
        named = dict(reversed(named.items()))
        asked = [
            voices.Asked(
                line.keyword,
                weight,
                kind := line.kind or kinds.kind(line.keyword),
                line.intent or intent(line.keyword, kind)[0],
                portrait,
            )
            for line, weight in zip(lines, weights_of(lines), strict=True)
        ]
        pages = self.places.of([line.keyword for line in lines], voices.DEPTH, tick)
        found = voices.standings(asked, pages, self.places.roster, named)
        return Voice(tuple(found), tuple(asked), tuple(pages), tuple(named.values()))

    def watch(
        self,
        keywords: Sequence[str],
        own: Sequence[str],
        rivals: Sequence[str],
        known: Mapping[str, Watched],
    ) -> tuple[dict[str, Watched], list[Event]]:
        """(what to remember of each page, what happened since `known`)."""
        brand = self._segmenter.lexicon.brand_named
        names = {fold_key(brand(name)): name for name in (*own, *rivals)}
        looked, events = {}, []
        for word, rows in zip(keywords, self.places.of(keywords, OUT), strict=True):
            ids = [self.places.roster.note_ids[row] for row in rows.tolist()]
            named = {
                note_id: names[key]
                for note_id, row in zip(ids, rows.tolist(), strict=True)
                for key in self.places.roster.brands_of(row)
                if key in names
            }
            looked[word], found = watch(word, ids, named, frozenset(own), known.get(word))
            events += found
        return looked, events

    # --- inside --------------------------------------------------------------------------------

    def _authors(self, pages: Sequence[Rows]) -> tuple[dict[str, int], dict[str, str]]:
        """(fans where they are known, folded title) by id of the notes on the pages."""
        ids = self.places.roster.note_ids
        wanted = sorted({ids[row] for rows in pages for row in rows.tolist()})
        notes = self.library.texts(wanted)
        fans = {i: note.fans.value for i, note in notes.items() if note.fans is not None}
        return fans, {i: fold_key(note.title) for i, note in notes.items()}

    def _says(self, key: str, title: str) -> bool:
        words = self._segmenter.words(key)
        return all(word.replace("_", " ") in title for word in words)

    def _copied(self, rows: Rows) -> list[bool]:
        """Whether near-copies stand behind each place."""
        clusters = self.places.roster.clusters
        return [bool((clusters == clusters[row]).sum() > 1) for row in rows.tolist()]

    def _able(self, found: Sequence[Fight], pages: Sequence[Rows]) -> dict[str, tuple[int, int]]:
        """Kind -> (searches known in all, authors who stand in the first ten of its pages)."""
        authors: dict[str, set[int]] = {}
        searches: dict[str, int] = {}
        for one, rows in zip(found, pages, strict=True):
            own = self.places.roster.authors[rows[: fights.INCUMBENTS]].tolist()
            authors.setdefault(one.kind, set()).update(a for a in own if a)
            searches[one.kind] = searches.get(one.kind, 0) + (one.fight.demand or 0)
        return {kind: (searches[kind], len(own)) for kind, own in sorted(authors.items())}

    def _matching(self, word: str) -> list[str]:
        page = self.library.page(word, _FOUND)
        return [note_id for note_id, score in page if score >= 0.25 * page[0][1]]

    def _circles(self, note_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Circles of tags that stand together -> the notes in each."""
        notes = self.library.texts(note_ids)
        tags = {
            i: {fold_key(t): 1.0 for t in Text.of(n).tags if self.reader.typed(fold_key(t))}
            for i, n in notes.items()
        }
        tagged = {i: own for i, own in tags.items() if own}
        grouped = topics(list(tagged.values()), _MAP_CIRCLES)
        found: dict[str, set[str]] = {}
        for note_id, own in tagged.items():
            counts: dict[int, int] = {}
            for tag in own:
                counts[grouped.of[tag]] = counts.get(grouped.of[tag], 0) + 1
            best = max(counts, key=lambda topic: (counts[topic], -topic))
            label = "、".join(self.reader.spelling(tag) for tag in grouped.labels[best])
            found.setdefault(label, set()).add(note_id)
        return {label: frozenset(own) for label, own in sorted(found.items())}


def weights_of(lines: Sequence[KeywordLine]) -> list[float]:
    """Weights that sum to 1; a keyword without one weighs as the mean of the others."""
    known = [line.weight for line in lines if line.weight is not None]
    mean = sum(known) / len(known) if known else 1.0
    values = [mean if line.weight is None else line.weight for line in lines]
    total = sum(values)
    return [value / total if total else 1 / len(lines) for value in values]
