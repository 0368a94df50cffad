"""Files -> result pages really observed: what an order is compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.errors import BadFile
from engine.formats import ReadOptions, open_export
from engine.ingest.page_order import page_sort, sort_of
from engine.model import Captured, Note, Rejected, Sighting, Sort
from engine.store import StoreReader

_Seen = tuple[str, Sighting]  # note id, where it was seen
SortSeen = Callable[[Sequence[str]], str]  # notes of a page -> "likes", "date" or ""


@dataclass(frozen=True, slots=True)
class ObservedPage:
    """The notes of a general page as somebody saw it, best first, each once."""

    keyword: str
    captured_at: datetime | None
    note_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """The newest page of each keyword; `left_out`: why rows or pages are not among them."""

    pages: tuple[ObservedPage, ...]
    left_out: tuple[str, ...]


def read_observed(path: Path, sort: Sort | None = None, trust_sort: bool = False) -> Observed:
    """Pages of a file: plain rows, a rank-aware export, or a crawl whose order is the page's.

    `sort` says how a crawl was sorted when its file does not. Pages of another sort than general,
    of unknown sort or under filters are left out, and those that look like another sort unless
    `trust_sort`; BadFile when nothing is left.
    """
    export = open_export(path, ReadOptions(sort=sort or ""))
    rejected = 0
    seen: list[_Seen] = []
    notes: dict[str, Note] = {}
    for row in export.rows:
        if isinstance(row, Captured) and row.sighting:
            seen.append((row.note.note_id, row.sighting))
            notes[row.note.note_id] = row.note
        rejected += isinstance(row, Rejected)
    observed = pages_of(seen, rejected, None if trust_sort else lambda ids: sort_of(notes, ids))
    if not observed.pages:
        why = "; ".join(observed.left_out) or "no row has a keyword and a position"
        raise BadFile(
            f"{path.name} has no page of the general order ({why})",
            "give keyword, position, note; or say `--sort general` if the crawl was sorted so",
        )
    return observed


def stored_pages(store: StoreReader, trust_sort: bool = False) -> Observed:
    """The pages that a library's imports have observed; those that look like another sort than
    they declare only with `trust_sort`."""
    return pages_of(
        store.observations(), 0, None if trust_sort else lambda ids: page_sort(store, ids)
    )


def pages_of(
    seen: Iterable[_Seen], rejected: int = 0, sort_seen: SortSeen | None = None
) -> Observed:
    """Sightings -> the newest page of each keyword; `sort_seen` tells what an order looks like."""
    left_out: Counter[str] = Counter()
    if rejected:
        left_out["rows that cannot be read"] = rejected
    runs: dict[tuple[str, str], list[_Seen]] = {}
    for note_id, sighting in seen:
        reason = _reason(sighting)
        if reason:
            left_out[reason] += 1
        else:
            runs.setdefault((sighting.keyword, sighting.run), []).append((note_id, sighting))
    newest: dict[str, ObservedPage] = {}
    for page in sorted(_pages(runs), key=_age):
        name = sort_seen(page.note_ids) if sort_seen else ""
        if name:
            left_out[f"pages declared general that fall by {name}"] += 1
        else:
            newest[page.keyword] = page
    reasons = tuple(f"{count} {reason}" for reason, count in sorted(left_out.items()))
    return Observed(tuple(newest[word] for word in sorted(newest)), reasons)


def _reason(sighting: Sighting) -> str:
    """Why a sighting says nothing of the general order; "" when it does."""
    if not sighting.keyword or sighting.position is None:
        return "rows without a keyword or a position"
    if sighting.sort == "":
        return "rows of unknown sort"
    if sighting.sort != "general":
        return f"rows sorted by {sighting.sort}"
    return "rows under filters" if sighting.filters else ""


def _pages(runs: dict[tuple[str, str], list[_Seen]]) -> Iterator[ObservedPage]:
    for (keyword, _), rows in sorted(runs.items()):
        rows.sort(key=lambda row: (row[1].position or 0, row[0]))
        moments = [s.captured_at for _, s in rows if s.captured_at]
        ids = tuple(dict.fromkeys(note_id for note_id, _ in rows))
        yield ObservedPage(keyword, max(moments, default=None), ids)


def _age(page: ObservedPage) -> tuple[bool, float]:
    moment = page.captured_at
    return moment is not None, moment.timestamp() if moment else 0.0
