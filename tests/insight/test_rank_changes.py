"""Why a note moved since a snapshot: parts that sum, and that name the one cause there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.engine import Engine
from engine.errors import BadOption, NotFound
from engine.model import CHINA, Captured, Count, Counts, Note

NOW = datetime(2026, 10, 1, tzinfo=CHINA)
LATER = NOW + timedelta(days=30)
WORDS = ["面霜", "敏感肌面霜", "没有这个词"]


def made(number: int) -> Note:
    return Note(
        f"n{number:02d}",
        title=f"面霜{number}" if number % 2 else f"敏感肌面霜{number}",
        body="换季用，" * (1 + number % 5) + f"第{number}篇，各有各的写法{number * 7919}",
        counts=Counts(Count(10 * number)),
        published_at=NOW - timedelta(days=number),
        captured_at=NOW,
    )


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    opened = Engine.open(tmp_path / "library", create=True)
    opened.import_rows("a", (Captured(n, made(n)) for n in range(1, 25)), NOW)
    opened.keep_snapshot("before")
    return opened


def added(engine: Engine, *notes: Note) -> None:
    engine.import_rows("b", (Captured(n, note) for n, note in enumerate(notes, 1)), LATER)


def test_nothing_changed_nothing_moved(engine: Engine) -> None:
    moves = engine.moves("n05", WORDS, "before")
    assert [(move.move, move.parts) for move in moves] == [(0.0, {})] * 3


def test_one_cause_has_the_whole_move(engine: Engine) -> None:
    note = engine.note("n20")
    added(engine, replace(note, title="敏感肌面霜敏感肌", counts=note.counts))
    first, second, none = engine.moves("n20", WORDS, "before")
    assert second.after is not None
    assert second.move == second.parts["own_edit"] < 0
    assert set(first.parts) == {"own_edit"}
    assert (none.before, none.after, none.move) == (None, None, 0.0)


def test_engagement_of_rivals_and_of_its_own(engine: Engine) -> None:
    rivals = [replace(made(n), counts=Counts(Count(90_000))) for n in range(1, 6)]
    added(engine, replace(made(9), counts=Counts(Count(500))), *rivals)
    (move,) = engine.moves("n09", ["面霜"], "before")
    assert set(move.parts) == {"own_engagement", "rival_engagement"}
    assert move.parts["own_engagement"] <= 0 <= move.parts["rival_engagement"]
    assert sum(move.parts.values()) == pytest.approx(move.move)


def test_many_causes_sum_to_the_move(engine: Engine) -> None:
    added(
        engine,
        replace(made(9), title="面霜，敏感肌也行", captured_at=LATER),
        replace(made(31), title="敏感肌面霜", published_at=LATER, captured_at=LATER),
        replace(made(3), counts=Counts(Count(5_000)), captured_at=LATER),
    )
    engine.add_to_lexicon(engine.lexicon_lines("敏感肌面霜", "category", []))
    engine.rule_set = replace(engine.rule_set, rules=engine.rule_set.rules[:1])
    found = engine.moves("n09", WORDS, "before")
    assert set(found[0].parts) >= {"own_edit", "ageing", "rivals", "dictionary", "rules"}
    places = {word: engine.snapshot().searcher.ids(word, 99) for word in WORDS}
    for move in found:
        assert sum(move.parts.values()) == pytest.approx(move.move)
        ids = places[move.keyword]
        assert move.after == (ids.index("n09") + 1 if "n09" in ids else None)


def test_a_note_that_came_counts_from_behind_the_last_place(engine: Engine) -> None:
    added(engine, replace(made(40), title="敏感肌面霜"))
    move, _, _ = engine.moves("n40", WORDS, "before")
    assert move.before is None
    assert move.after is not None
    assert move.move == move.after - 25


def test_a_snapshot_is_kept_once_under_a_good_name(engine: Engine) -> None:
    with pytest.raises(BadOption, match="there is a snapshot"):
        engine.keep_snapshot("before")
    with pytest.raises(BadOption, match="no name"):
        engine.keep_snapshot("../escape")
    with pytest.raises(NotFound):
        engine.moves("n01", WORDS, "never")
    with pytest.raises(NotFound, match="before or after"):
        engine.moves("zzz", WORDS, "before")


def test_a_watch_tells_what_happened_since_the_last_look(engine: Engine) -> None:
    events, first = engine.watch("w", ["面霜"], ["沐禾集"], ["初棠"])
    assert (events, first) == ([], True)
    added(engine, Note("new", title="沐禾集面霜", body="面霜", counts=Counts(Count(9_000))))
    events, first = engine.watch("w", ["面霜"], ["沐禾集"], ["初棠"])
    assert not first
    assert [(event.note_id, event.brand) for event in events][-1] == ("new", "沐禾集")
    assert engine.watch("w", ["面霜"], ["沐禾集"], ["初棠"])[0] == []
    engine.delete("new")
    (event,) = engine.watch("w", ["面霜"], ["沐禾集"], ["初棠"])[0]
    assert (event.event, event.place) == ("own note left the top 10", None)


def test_one_rival_s_edit_is_a_cause(engine: Engine) -> None:
    added(engine, replace(made(7), title="别的", captured_at=NOW))
    move, _, _ = engine.moves("n20", WORDS, "before")
    assert set(move.parts) == {"rivals"}
