"""lexicon: what a word means here, what adding one would change, and adding it."""

from __future__ import annotations

import itertools
import time
from typing import Annotated

import typer

from engine.cli import show
from engine.cli.app import JsonOption, LibraryOption, app, out, print_answer, print_json
from engine.cli.notes import progress_bar
from engine.engine import Engine
from engine.text.lexicon import KINDS
from engine.text.preview import Change
from engine.usecases import keywords as asking
from engine.usecases.keywords import kind_of_word

group = typer.Typer(help="Words that stay whole: check one, or add your own.", no_args_is_help=True)
app.add_typer(group, name="lexicon")
_SHOWN = 10

KindOption = Annotated[str, typer.Option("--kind", help=" | ".join(KINDS))]
SameOption = Annotated[
    list[str] | None, typer.Option("--same", help="Another spelling of the same; may be repeated.")
]


@group.command()
def check(
    word: Annotated[str, typer.Argument(help="A word or phrase.")],
    library: LibraryOption,
    kind: KindOption = "category",
    same: SameOption = None,
    as_json: JsonOption = False,
) -> None:
    """How a word is cut today, what stands for it, and which notes' terms adding it would change.

    Example: `noterank lexicon check 早C晚A`
    """
    started = time.perf_counter()
    kind_of_word(kind)
    with Engine.open(library) as engine:
        lines = engine.lexicon_lines(word, kind, same or [])
        changes = engine.preview(lines)
        shown = list(itertools.islice(changes, _SHOWN))
        more = sum(1 for _ in changes)
        cut = engine.segmenter.words(word.lower())
        aliases = engine.segmenter.lexicon.aliases(engine.term(word))
        if as_json:
            print_json(_rows(shown), started, total=len(shown) + more, cut=cut)
            return
        out.print(f"[bold]{word}[/] is cut as {' | '.join(cut)} today")
        if aliases:
            out.print("  " + " · ".join(alias.route for alias in aliases))
        _print(shown, more, "would change")


@group.command()
def add(
    word: Annotated[str, typer.Argument(help="A word or phrase, in its usual spelling.")],
    library: LibraryOption,
    kind: KindOption = "category",
    same: SameOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a word to this library's own lexicon and index the notes anew.

    Example: `noterank lexicon add 栖水霜 --kind product --same 栖水面霜`
    """
    started = time.perf_counter()
    kind_of_word(kind)
    with Engine.open(library, create=True) as engine:
        lines = engine.lexicon_lines(word, kind, same or [])
        changes = list(engine.preview(lines))
        engine.add_to_lexicon(lines)
        if as_json:
            print_json(_rows(changes), started, lexicon=engine.segmenter.lexicon.fingerprint)
            return
        out.print(f"[bold]{word}[/] is {kind} in {library / 'lexicon'}; the index is made anew")
        _print(changes[:_SHOWN], max(0, len(changes) - _SHOWN), "changed")


@group.command()
def propose(
    library: LibraryOption,
    top: Annotated[int, typer.Option(help="Proposals, 1 to 1000.")] = asking.PROPOSALS,
    as_json: JsonOption = False,
) -> None:
    """New words that the notes use and the lexicon cuts apart, strongest first, with evidence.

    Nothing is added: `lexicon check WORD` shows which notes' terms and which pages would change,
    `lexicon add WORD --kind K` accepts, `lexicon refuse WORD` keeps it from coming back.

    Example: `noterank lexicon propose --top 20`
    """
    started = time.perf_counter()
    with Engine.open(library) as engine, progress_bar("reading", engine.ready()[0]) as tick:
        answered = asking.propose(engine, top, tick)
    if as_json:
        print_answer(answered, started)
    elif answered.value:
        show.table("", answered.table.columns, answered.table.cells())
    else:
        out.print("No new words.")


@group.command()
def refuse(
    words: Annotated[list[str], typer.Argument(help="Proposed words that are none.")],
    library: LibraryOption,
) -> None:
    """Keep words from being proposed again.

    Example: `noterank lexicon refuse 洗完澡 图二`
    """
    with Engine.open(library) as engine:
        for word in words:
            engine.saved.refuse(word)
    out.print(f"{len(words)} will not be proposed again")


def _rows(changes: list[Change]) -> list[dict[str, object]]:
    return [
        {
            "note_id": change.note_id,
            "title": change.title,
            "lost": " ".join(change.lost),
            "gained": " ".join(change.gained),
        }
        for change in changes
    ]


def _print(changes: list[Change], more: int, verb: str) -> None:
    out.print(f"{len(changes) + more:,} notes' terms {verb}")
    lines = [
        (c.note_id, c.title[:20], " ".join(c.lost)[:30], " ".join(c.gained)[:30]) for c in changes
    ]
    if lines:
        show.table("", ("note_id", "title", "terms lost", "terms gained"), lines)
