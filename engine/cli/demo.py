"""demo: a library from the sample corpus, and a walk through what noterank answers."""

from __future__ import annotations

import math
import os
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from engine import sample
from engine.cli import show
from engine.cli.app import JsonOption, app, out, print_json
from engine.cli.draft import print_advice, print_draft
from engine.cli.tabled import print_opportunities, print_table, print_totals
from engine.engine import Engine
from engine.formats import ReadOptions
from engine.formats.keywords import KeywordLine, read_keywords
from engine.ingest.draft_files import read_draft
from engine.ingest.report import ImportReport
from engine.insight import portrait as portraits
from engine.insight.judged import Judged, evaluate_searcher
from engine.model import CHINA
from engine.ranking import ruleset
from engine.ranking.page import Explanation, Page
from engine.ranking.searcher import SearchRequest
from engine.rows.note_rows import import_table
from engine.rows.visibility_rows import total_table
from engine.usecases.keywords import why_of_set

_QUERY = "敏感肌面霜"
_KEYWORDS = 20
_EDITS = 3
_MEASURES = ("ndcg@10", "mrr@10", "recall@100")


@app.command()
def demo(
    library: Annotated[
        Path | None,
        typer.Option(
            "--library",
            help="Where the demo library goes.",
            show_default="$NOTERANK_LIBRARY, else ./demo-library",
        ),
    ] = None,
    serve: Annotated[bool, typer.Option("--serve", help="Serve the demo library at the end.")] = (
        False
    ),
    port: Annotated[int, typer.Option(min=1, max=65535, help="For --serve.")] = 8080,
    as_json: JsonOption = False,
) -> None:
    """Build a library from the sample notes and walk through it: page, why, words, share, draft.

    Examples: `noterank demo` · `noterank demo --serve`
    """
    started = time.perf_counter()
    folder = library or Path(os.environ.get("NOTERANK_LIBRARY") or "demo-library")
    with Engine.open(folder, create=True) as engine:
        reports = _import(engine)
        if as_json:
            print_json(import_table(reports).rows, started)
        else:
            _walk(engine, folder, reports)
    if not as_json:
        _where_next(folder, time.perf_counter() - started)
    if serve:
        from engine.cli.serve import serve as run

        run(folder, port=port)


def _import(engine: Engine) -> list[ImportReport]:
    now = datetime.now(CHINA)
    files = (sample.NOTES, sample.DEMAND, sample.OBSERVED)
    return [engine.import_file(path, ReadOptions(), now) for path in files]


def _walk(engine: Engine, folder: Path, reports: list[ImportReport]) -> None:
    _step(f"Import: the sample corpus (written for this demo) into {folder}")
    for report in reports:
        show.report(report, dry=False)
    _step(f"Search: the page for {_QUERY}, as of the corpus' capture day")
    page = engine.search(_QUERY, SearchRequest(limit=5, explain=True))
    show.page(page)
    _step("Explain: why the first note is first, in numbers that add up")
    explanation = engine.explain(page.results[0].note.note_id, _QUERY)
    show.explanation(explanation)
    out.print(_check(explanation))
    _step("Understand: other spellings, traditional characters, nicknames, misspellings")
    for words in ("防曬霜", "SK2", "神仙水平替", '"早C晚A"', "敏敢肌"):
        out.print(_one_line(engine.search(words, SearchRequest(limit=1))))
    lines = _which_words(engine)
    _draft(engine, lines)
    _step("Judge: three rule sets on the judged queries of the corpus")
    _compare(folder)


def _which_words(engine: Engine) -> list[KeywordLine]:
    """Portrait -> keyword set -> where to fight -> share of voice."""
    person = portraits.read(sample.PORTRAIT)
    _step(f"Portrait: the keywords of {person.name} ({sample.PORTRAIT.name}), weighed and sourced")
    answer = engine.keywords(person, _KEYWORDS)
    engine.saved.keep(answer)
    print_opportunities(answer.report.opportunities, [])
    _step(f"Why: where the weight and the figures of {answer.set.keywords[0].keyword} are from")
    print_table(why_of_set(answer, answer.set.keywords[0].keyword))
    _step("Opportunity: keywords of the list with known demand, roomiest first; unknown is no 0")
    lines = read_keywords(sample.DEMAND)
    order = sorted(
        engine.opportunity(lines).opportunities, key=lambda each: -(each.opportunity.score or 0.0)
    )
    print_opportunities(order[:8])
    _step("Share of voice: own brand and rivals over the portrait's keywords")
    kept = [KeywordLine(k.keyword, k.weight, k.kind, k.intent) for k in answer.set.keywords]
    voice = engine.visibility(kept, person.own, person.rivals)
    print_totals(total_table(voice.totals()))
    return kept


def _draft(engine: Engine, lines: list[KeywordLine]) -> None:
    """A draft's places before it is published, three edits, and its places with them."""
    note = read_draft(str(sample.DRAFT))
    drafts = engine.drafts(None, note)
    _step(f"Draft: where {sample.DRAFT.name} would stand, before it is published")
    before = drafts.rank(note, lines)
    print_draft(before)
    _step("Advice: the three edits that move it most, each tried by the engine")
    edits = [edit for edit in drafts.advise(note, lines, _EDITS) if edit.field != "split"]
    print_advice(edits)
    _step("Again: the draft with these edits")
    after = drafts.rank(edits[-1].draft, lines)
    print_draft(after)
    gained, promised = after.attention - before.attention, sum(edit.gain for edit in edits)
    verdict = "as promised" if abs(gained - promised) < 1e-9 else "DIFFERENT from the promise"
    out.print(f"attention {before.attention:.4f} → {after.attention:.4f}, {verdict}")


def _step(title: str) -> None:
    out.print()
    out.rule(f"[bold]{title}[/]", align="left")


def _check(explanation: Explanation) -> str:
    """The explanation's arithmetic done again from its printed rows."""
    summed = sum(part.value for part in explanation.parts if part.part.startswith("bm25."))
    factors = [part.factor for part in explanation.parts if part.factor is not None]
    product = math.prod([summed, *factors])
    verdict = "equal" if product == explanation.score else "DIFFERENT"
    return (
        f"rows added and multiplied again: {product!r}, the score: {explanation.score!r}, {verdict}"
    )


def _one_line(page: Page) -> str:
    if page.did_you_mean:
        return f"  {page.words}: did you mean {' / '.join(page.did_you_mean)}?"
    if not page.results:
        return f"  {page.words}: nothing"
    first = page.results[0]
    title = first.note.title.strip() or first.snippet.text
    return f"  {page.words}: {page.total} notes, first: {title}"


def _compare(folder: Path) -> None:
    """The judged queries of the corpus by each preset."""
    judged = Judged.read(sample.QUERIES, sample.QRELS)
    rows = []
    for name in ruleset.presets():
        with Engine.open(folder, name) as engine, engine.snapshot() as library:
            means = evaluate_searcher(judged, library.searcher, _MEASURES).means
        rows.append((engine.rule_set.label, *(means[measure] for measure in _MEASURES)))
    show.table(f"{len(judged.queries)} queries", ("rule set", *_MEASURES), rows)


def _where_next(folder: Path, seconds: float) -> None:
    _step(f"Done in {seconds:.0f} s. Where to go next")
    place = "" if folder == Path("library") else f" --library {folder}"
    for what, command in (
        ("another page", f"noterank search 油皮粉底液 --explain{place}"),
        ("sorts, filters", f"noterank search 面霜 --sort latest --within halfyear{place}"),
        ("completion by pinyin", f"noterank suggest mgj{place}"),
        ("another portrait", f"noterank keywords corpus/portraits/oily_student.toml{place}"),
        (
            "a draft's parts",
            f"noterank draft corpus/drafts/commuter.md"
            f" --keywords 敏感肌通勤白领 --explain 面霜{place}",
        ),
        ("unclaimed cells", f"noterank opportunity 敏感肌通勤白领 --map{place}"),
        ("words near a word", f"noterank expand 咖啡{place}"),
        ("your own notes", "noterank import YOUR_EXPORT.jsonl"),
        ("the same over HTTP", f"noterank serve{place}"),
    ):
        out.print(f"  [dim]{what:<21}[/]{command}", soft_wrap=True)
