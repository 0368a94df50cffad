"""What happened on the pages, and why a note moved, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import Engine
from engine.insight.events import Event
from tests.twelve import doors
from tests.twelve.conftest import filled
from tests.twelve.notes import NOW, note

WATCHED = ["面霜", "早八"]
NEW = note("n13", "面霜", "初棠", days=0, author="a9")
EDITED = note("n07", "面霜精华", "面霜，面霜", ["沐禾集"], author="a4", days=0, channel="declared")


def test_each_event_is_told_once(fresh: Engine) -> None:
    def look() -> tuple[list[Event], bool]:
        return fresh.watch("w", WATCHED, ["沐禾集"], ["初棠"])

    assert look() == ([], True)
    assert look() == ([], False)
    fresh.delete("n02")
    fresh.import_rows("more", [NEW], NOW)
    # now a1 has two notes: n05 needs not wait
    assert doors.ids(fresh, "面霜") == ["n01", "n05", "n13", "n07", "n06", "n04"]
    assert look() == (
        [
            Event("面霜", "rival entered the top 10", "n13", "初棠", 3),
            Event("面霜", "own note left the top 10", "n02", "沐禾集", None),
        ],
        False,
    )
    assert look() == ([], False)
    fresh.delete("n01")
    assert look()[0] == [
        Event("面霜", "took the first place", "n05", "初棠", 1),
        Event("面霜", "own note left the top 10", "n01", "沐禾集", None),
    ]


def test_a_move_is_split_between_its_causes(fresh: Engine, tmp_path: Path) -> None:
    """n07 on 面霜: 3 at first, 2 by its edit alone, 4 by its rivals alone, 2 by both; each cause
    has the mean of what it changes first and what it changes last."""
    with filled(tmp_path / "alone") as alone:
        alone.import_rows("edit", [EDITED], NOW)
        assert doors.ids(alone, "面霜").index("n07") + 1 == 2
    fresh.keep_snapshot("before")
    fresh.delete("n02")
    fresh.import_rows("more", [NEW], NOW)
    assert doors.ids(fresh, "面霜").index("n07") + 1 == 4
    fresh.import_rows("edit", [EDITED], NOW)
    (move,) = fresh.moves("n07", ["面霜"], "before")
    assert (move.before, move.after, move.move) == (3, 2, -1.0)
    edit, rivals = ((2 - 3) + (2 - 4)) / 2, ((4 - 3) + (2 - 2)) / 2
    assert move.parts == {"own_edit": edit, "rivals": rivals}


def test_engagement_of_its_own_and_of_rivals_are_told_apart(fresh: Engine) -> None:
    fresh.keep_snapshot("before")
    loud = note("n11", "敏感肌", "防晒，精华", ["早八", "通勤"], author="a2", days=89,
                counts=(9_000, 2, 2, 2), kind="video", channel="organic", fans=0)  # fmt: skip
    fresh.import_rows("later", [loud], NOW)
    mine, other = (fresh.moves(i, ["敏感肌", "精华"], "before") for i in ("n11", "n06"))
    assert [set(one.parts) for one in mine] == [{"own_engagement"}] * 2
    assert [set(one.parts) for one in other] == [{"rival_engagement"}] * 2
    assert [(one.before, one.after, one.move) for one in mine] == [(1, 1, 0.0), (5, 4, -1.0)]
    assert mine[1].parts["own_engagement"] == -1.0
    # n06 is not on 敏感肌's page at all: one behind the last before and after
    assert [(one.before, one.after, one.move) for one in other] == [
        (None, None, 0.0), (4, 5, 1.0),
    ]  # fmt: skip


def test_a_note_that_came_stood_behind_the_last(fresh: Engine) -> None:
    fresh.keep_snapshot("before")
    fresh.import_rows("more", [NEW], NOW)
    (move,) = fresh.moves("n13", ["面霜"], "before")
    place = doors.ids(fresh, "面霜").index("n13") + 1
    assert (move.before, move.after) == (None, place)
    assert move.move == place - 7  # six stood there
    assert move.parts == pytest.approx({"own_edit": place - 7})
