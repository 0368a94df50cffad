"""Which words to fight for, in straight lines: phrases, sets, fights, shares.

Everything here works on one state of a library; `Engine` hands it out and keeps what is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.errors import BadOption
from engine.formats.keywords import KeywordLine
from engine.insight import expand as expanding
from engine.insight import keywords as deriving
from engine.insight import opportunity as fights
from engine.insight import visibility as voices
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
from engine.model import Note, Progress, quiet
from engine.ranking.ranker import RankedPage, Ranker
from engine.snapshot import LibrarySnapshot
from engine.text.normalise import fold_key
from engine.text.runs import Reader

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
    pages: tuple[RankedPage, ...]
    brands: tuple[str, ...]

    def totals(self, by: str = "total") -> list[Total]:
        """Sums by total, kind, intent or portrait."""
        if by not in ("total", "kind", "intent", "portrait"):
            raise BadOption(f"nothing to sum by '{by}'", "use total, kind, intent or portrait")
        shown = [page.columns for page in self.pages]
        return voices.totals(self.asked, shown, self.standings, by)


class Insights:
    """Analyses over one state of a library, by one rule set, as of one moment."""

    def __init__(self, library: LibrarySnapshot) -> None:
        self.library = library
        self._segmenter = library.segmenter
        self.ranker: Ranker = library.ranker
        self.reader: Reader = library.memo.get("reader", lambda: Reader(library.segmenter))
        self.extractor: Extractor = library.memo.get("extractor", lambda: Extractor(self.reader))

    # --- phrases -------------------------------------------------------------------------------

    def extract(self, note: Note, most: int) -> list[Phrase]:
        """The keyword phrases of a note or draft; the library says how common they are."""
        known: dict[str, int] = {}

        def seen(key: str) -> int:
            if key not in known:
                (known[key],) = self.library.count_phrases([key])
            return known[key]

        return self.extractor.extract([Text.of(note)], most, seen)[0]

    def expand(self, keyword: str, most: int) -> list[expanding.Near]:
        """Words near a keyword."""
        related = self.library.store.related(keyword)
        return expanding.expand(keyword, self.library, self.reader, self.extractor, related, most)

    def new_words(self, most: int, known: Sequence[str], tick: Progress) -> list[NewWord]:
        """Words that the notes use and the lexicon lacks."""
        discovery = Discovery(self.reader)
        total = len(self.library) or 1
        batch: list[Note] = []
        done = 0
        for stored in self.library.store.all():
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

    def fights(self, keywords: Sequence[Keyword], tick: Progress = quiet) -> Battle:
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
        tick: Progress = quiet,
    ) -> Battle:
        """Demand, supply, difficulty and room of each keyword of a list."""
        words = [line.keyword for line in lines]
        pages = self.ranker.pages(words, fights.INCUMBENTS * 2, tick)
        supply = self.library.count_all_terms(words)
        titled = self.library.count_all_terms(words, ("title", "tags"))
        ids = [page.note_ids for page in pages]
        fans, titles = self._authors(ids)
        crowded = self._crowded(pages)
        kinds = self.kinds(portrait)
        demand = self.library.demand()
        weights = weights_of(lines)
        found = []
        for number, line in enumerate(lines):
            key = fold_key(line.keyword)
            exact = [self._says(key, titles.get(note_id, "")) for note_id in ids[number]]
            met = fights.incumbents(
                pages[number].columns, fans, exact, crowded[number], self.library.now
            )
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
                    examples=tuple(ids[number][:3]),
                    fight=fight,
                )
            )
        order = sorted(range(len(lines)), key=lambda at: (-weights[at], at))
        brands = [fold_key(self._segmenter.lexicon.brand_named(name)) for name in own]
        return Battle(
            fights=tuple(found),
            clusters=tuple(fights.clusters([words[i] for i in order], [ids[i] for i in order])),
            cannibals=tuple(fights.cannibals(words, [page.columns for page in pages], brands)),
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
        tick: Progress = quiet,
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
        pages = self.ranker.pages([line.keyword for line in lines], voices.DEPTH, tick)
        found = voices.standings(asked, [page.columns for page in pages], named)
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
        for word, page in zip(keywords, self.ranker.pages(keywords, OUT), strict=True):
            ids = page.note_ids
            named = {
                note_id: names[key]
                for row, note_id in enumerate(ids)
                for key in page.columns.brands(row)
                if key in names
            }
            looked[word], found = watch(word, ids, named, frozenset(own), known.get(word))
            events += found
        return looked, events

    # --- inside --------------------------------------------------------------------------------

    def _authors(self, pages: Sequence[Sequence[str]]) -> tuple[dict[str, int], dict[str, str]]:
        """(fans where they are known, folded title) by id of the notes on the pages."""
        notes = self.library.texts(sorted({note_id for ids in pages for note_id in ids}))
        fans = {i: note.fans.value for i, note in notes.items() if note.fans is not None}
        return fans, {i: fold_key(note.title) for i, note in notes.items()}

    def _says(self, key: str, title: str) -> bool:
        words = self._segmenter.words(key)
        return all(word.replace("_", " ") in title for word in words)

    def _crowded(self, pages: Sequence[RankedPage]) -> list[list[bool]]:
        """For each place of each page whether near-copies stand behind it."""
        groups = [[page.columns.cluster(row) for row in range(len(page))] for page in pages]
        every = sorted({group for row in groups for group in row})
        sizes = dict(zip(every, self.library.index.copies(every), strict=True))
        return [[sizes[group] > 1 for group in row] for row in groups]

    def _able(
        self, found: Sequence[Fight], pages: Sequence[RankedPage]
    ) -> dict[str, tuple[int, int]]:
        """Kind -> (searches known in all, authors who stand in the first ten of its pages)."""
        authors: dict[str, set[int]] = {}
        searches: dict[str, int] = {}
        for one, page in zip(found, pages, strict=True):
            own = page.columns.authors[: fights.INCUMBENTS].tolist()
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
