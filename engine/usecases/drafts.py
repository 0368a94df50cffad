"""extract, rank and advise: what a draft says, where it would stand, what would move it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.engine import Engine
from engine.errors import BadOption, NotFound
from engine.formats.keywords import KeywordLine
from engine.insight.advise import Advice
from engine.insight.candidates import Text
from engine.insight.draft import DraftAnswer
from engine.insight.drafts import Drafts
from engine.insight.extract import Extractor, Phrase
from engine.insight.extract import extract as extract_phrases
from engine.library import Library
from engine.model import Note, Progress, quiet
from engine.rows.draft_rows import advice_table, beside_table, draft_meta, draft_table, together
from engine.rows.keyword_rows import extract_table
from engine.rows.table import Table
from engine.text import lexicon as lexicons
from engine.text.runs import Reader
from engine.text.segment import Segmenter
from engine.usecases.answer import Answer, asked
from engine.usecases.limits import (
    ADVISED,
    BANNED,
    BODY,
    EDITS,
    LETTERS,
    OWN,
    PHRASES,
    TAGS,
    TITLE,
    at_most,
    within,
)
from engine.usecases.lists import keyword_lines, words

TOP, STEPS = 10, 3  # phrases of a text, edits of a draft, where nobody says how many


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """A draft, the keywords it is for, and what to look for besides."""

    note: Note
    lines: Sequence[str | KeywordLine]
    own: str | Iterable[str] = ()
    banned: str | Iterable[str] = ()
    now: datetime | None = None


def rank(
    engine: Engine, question: DraftQuestion, progress: Progress = quiet
) -> Answer[DraftAnswer]:
    """Where a draft would stand for each keyword, before it is published."""
    note, lines = checked_draft(question.note), keyword_lines(question.lines)
    own = words(question.own, OWN, "own brands")
    banned = words(question.banned, BANNED, "banned words")
    later = note if question.now is None else None
    placed, meta = asked(
        engine,
        lambda library: Drafts(library, later).rank(note, lines, own, banned, progress),
        question.now,
    )
    return Answer(draft_table(placed), {**meta, **draft_meta(placed)}, placed)


def advise(
    engine: Engine, question: DraftQuestion, edits: int = STEPS, progress: Progress = quiet
) -> Answer[Sequence[Advice]]:
    """The edits that move a draft most, each tried by the engine, in the order to make them."""
    within("edits", edits, 1, EDITS)
    note, lines = checked_draft(question.note), keyword_lines(question.lines, ADVISED)
    later = note if question.now is None else None
    advice, meta = asked(
        engine,
        lambda library: Drafts(library, later).advise(note, lines, edits, progress),
        question.now,
    )
    return Answer(advice_table(advice), {**meta, "together": round(together(advice), 6)}, advice)


def beside(engine: Engine, note: Note, word: str, now: datetime | None = None) -> Table:
    """The parts of a draft's score for a keyword beside those of the note above it."""
    checked_draft(note)
    later = note if now is None else None
    draft, above = engine.ask(lambda library: Drafts(library, later).beside(note, word), now)
    if not draft[0]:
        raise NotFound(f"the draft matches nothing of '{word}'", "ask for edits that would")
    return beside_table(draft, above)


def extract(engine: Engine, note: Note, top: int = TOP) -> Answer[list[Phrase]]:
    """Keyword phrases of a note or draft, best first; the library says how common they are."""
    within("top", top, 1, PHRASES)
    draft = checked_draft(note)
    phrases, meta = asked(engine, lambda library: extract_phrases(library, draft, top))
    return Answer(extract_table(phrases), meta, phrases)


def extract_alone(library: Path, texts: Sequence[Text], top: int = TOP) -> list[list[Phrase]]:
    """Phrases of texts that are one another's collection; only the lexicon of a library is read."""
    within("top", top, 1, PHRASES)
    segmenter = Segmenter(lexicons.load(Library(library).lexicon))
    return Extractor(Reader(segmenter)).extract(texts, top)


def checked_draft(note: Note) -> Note:
    """The draft; BadOption when it is longer than a note can be."""
    for name, text, most in (("title", note.title, TITLE), ("text", note.body, BODY)):
        if len(text) > most:
            raise BadOption(f"a {name} of {len(text):,} characters", f"give at most {most:,}")
    at_most(note.tags, TAGS, "tags")
    if any(len(tag) > LETTERS for tag in note.tags):
        raise BadOption(f"a tag of more than {LETTERS} characters", f"give at most {LETTERS}")
    return note
