"""Answers -> what a terminal shows."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from engine.cli.app import out
from engine.ingest.report import ImportReport
from engine.model import CHINA, Count, Note
from engine.ranking.page import Explanation, Page, Result
from engine.ranking.snippet import Snippet

_MARK = "bold yellow"


def page(answer: Page) -> None:
    """A page of results as cards."""
    as_of = answer.as_of.astimezone(CHINA).strftime("%Y-%m-%d")
    out.print(
        f"[bold]{escape(answer.words)}[/]  {answer.total:,} notes match"
        f"  [dim]· {answer.rule_set} · as of {as_of}[/]"
    )
    for line in answer.notes:
        out.print(f"[yellow]{escape(line)}[/]")
    if not answer.results:
        out.print("Nothing found." if not answer.offset else "No more results.")
    if answer.did_you_mean:
        out.print(f"Did you mean: [bold]{escape('  '.join(answer.did_you_mean))}[/]")
    for result in answer.results:
        _card(result)
    for name, values in (answer.facets or {}).items():
        shown = "  ".join(f"{escape(value)} {count}" for value, count in values[:8])
        out.print(f"[dim]{name:8}[/]{shown}")


def _card(result: Result) -> None:
    note = result.note
    title = marked(result.title) if note.title.strip() else Text("（无标题）", style="dim")
    head = Text(f"{result.position:>3}  ", style="bold cyan")
    head.append_text(Text("").join(_one_line(title)))
    head.append(f"  {result.score:.3f}", style="dim")
    out.print(head, overflow="ellipsis", no_wrap=True)
    body = marked(result.snippet)
    if body.plain.strip():
        out.print(Text("     ").append_text(body))
    facts = [
        {"video": "视频", "image": "图文"}.get(note.kind, ""),
        note.published_at.astimezone(CHINA).strftime("%Y-%m-%d") if note.published_at else "",
        _counts(note),
        "、".join(result.brands),
        f"+{result.copies} near-copies" if result.copies else "",
        note.note_id,
    ]
    out.print(Text("     " + " · ".join(fact for fact in facts if fact), style="dim"))
    if result.sentence:
        out.print(Text(f"     ↳ {result.sentence}", style="green"))


def _one_line(text: Text) -> list[Text]:
    lines = list(text.split("\n"))
    return [part for line in lines[:1] for part in (line,)] if lines else [text]


def _counts(note: Note) -> str:
    pairs = (("赞", note.counts.likes), ("藏", note.counts.collects), ("评", note.counts.comments))
    return " ".join(f"{label} {count(value)}" for label, value in pairs)


def count(value: Count | None) -> str:
    """A count as people read it; `?` is unknown, `+` a floor, `≈` rounded."""
    if value is None:
        return "?"
    number = f"{value.value:,}"
    return f"{'≈' if value.precision else ''}{number}{'+' if value.at_least else ''}"


def marked(snippet: Snippet) -> Text:
    """A snippet with its matches highlighted."""
    text = Text(snippet.text)
    for start, end in snippet.marks:
        text.stylize(_MARK, start, end)
    return text


def explanation(reasons: Explanation) -> None:
    """The sentence, then the rows that add and multiply up to the score."""
    place = (
        f"place {reasons.position} of {reasons.total:,}" if reasons.position else "not on the page"
    )
    out.print(f"[bold]{escape(reasons.note_id)}[/] for [bold]{escape(reasons.words)}[/]: {place}")
    out.print(Text(reasons.sentence, style="green"))
    if not reasons.parts:
        return
    grid = Table(box=None, pad_edge=False, header_style="dim")
    for name, side in (("part", "left"), ("value", "right"), ("factor", "right"), ("note", "left")):
        grid.add_column(name, justify=side, no_wrap=name != "note")  # type: ignore[arg-type]
    for part in reasons.parts:
        style = "bold" if part.part in ("sum", "product") else ""
        factor = "" if part.factor is None else f"{part.factor:.6f}"
        grid.add_row(part.part, f"{part.value:.6f}", factor, Text(part.note), style=style)
    out.print(grid)


def report(counts: ImportReport, dry: bool) -> None:
    """What an import did and what is wrong with the data."""
    name = f"[bold]{escape(counts.path)}[/] [dim]{counts.format}[/]"
    out.print(f"{name}  {counts.rows:,} rows{' (dry run: nothing is kept)' if dry else ''}")
    if counts.resumed_at:
        out.print(f"   went on at row {counts.resumed_at:,} of an interrupted import")
    nothing_new = not (counts.added or counts.updated) and counts.notes
    said = [
        f"{counts.added:,} new",
        f"{counts.updated:,} updated",
        f"{counts.unchanged:,} unchanged",
        f"{counts.rejected:,} rejected",
    ]
    for number, text in (
        (counts.demand, "keywords with demand"),
        (counts.related, "related searches"),
        (counts.comments, "comments"),
        (counts.creators, "creators"),
        (counts.outcomes, "results"),
        (counts.skipped, "no notes (ads, live rooms)"),
        (counts.observations, "new observations"),
    ):
        if number:
            said.append(f"{number:,} {text}")
    out.print("   " + " · ".join(said) + ("  [green]nothing new[/]" if nothing_new else ""))
    if counts.first_published:
        span = f"{counts.first_published[:10]} to {(counts.last_published or '')[:10]}"
        out.print(f"   published {span}")
    for warning in counts.warnings():
        out.print(Text(f"   ! {warning}", style="yellow"))
    for reason, lines in list(counts.reasons.items())[:5]:
        places = ", ".join(map(str, lines[:5])) + (" …" if len(lines) > 5 else "")
        out.print(Text(f"     line {places}: {reason}", style="red"))


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A plain table; numbers stand right."""
    grid = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for number, name in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[number], int | float) for row in rows)
        grid.add_column(name, justify="right" if numeric else "left", header_style="dim")
    for row in rows:
        grid.add_row(*(Text(f"{v:.4f}" if isinstance(v, float) else str(v)) for v in row))
    out.print(grid)
