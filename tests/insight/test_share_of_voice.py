"""Share of voice, by hand on pages of a few places."""

from __future__ import annotations

import pytest

from engine.index.hits import DocColumns
from engine.insight.share_of_voice import ATTENTION, WeightedKeyword, brand_shares, changes, totals
from engine.model import Signals

BRANDS = {"甲": "甲", "乙": "乙"}


SIGNALS = [
    Signals(author="x", kind="image", channel="organic", brands=("甲",)),
    Signals(author="y", kind="video", channel="declared", brands=("乙",)),
    Signals(author="z", channel="boosted", brands=("甲", "乙")),
    Signals(author="w", kind="image", channel="organic"),
    Signals(author="x", kind="video", brands=("甲",)),
]


def page(*rows: int) -> DocColumns:
    """Notes: 甲 organic, 乙 declared, both, none, 甲 of unknown channel."""
    return DocColumns.of(["a", "b", "c", "d", "e"], SIGNALS).take(rows)


def test_attention_is_the_discount_of_ndcg() -> None:
    assert ATTENTION[0] == 1
    assert ATTENTION[2] == pytest.approx(0.5)
    assert len(ATTENTION) == 50


def test_a_note_of_two_brands_gives_each_half_of_its_place() -> None:
    own, rival = brand_shares([WeightedKeyword("k")], [page(2, 3)], BRANDS)
    whole = ATTENTION[0] + ATTENTION[1]
    assert own.share == pytest.approx(0.5 / whole)
    assert rival.share == pytest.approx(0.5 / whole)
    assert (own.best, own.top(3), rival.top(3)) == (1, 1, 1)


def test_shares_of_channels_sum_to_the_share() -> None:
    own, _ = brand_shares([WeightedKeyword("k")], [page(0, 1, 2, 3, 4)], BRANDS)
    assert sum(own.channels.values()) == pytest.approx(own.share)
    assert set(own.channels) == {"organic", "boosted", "unknown"}
    assert own.channels["unknown"] == pytest.approx(ATTENTION[4] / ATTENTION[:5].sum())
    assert sum(own.forms.values()) == pytest.approx(own.share)
    assert own.places == [1, 3, 5]


def test_only_fifty_places_count_and_an_absent_brand_has_no_place() -> None:
    rows = page(*([3] * 50), 0)
    own, rival = brand_shares([WeightedKeyword("k")], [rows], BRANDS)
    assert own.best is None
    assert own.share == rival.share == 0


def test_a_total_is_the_mean_by_weight_and_empty_pages_do_not_count() -> None:
    asked = [
        WeightedKeyword("k", 3, "brand"),
        WeightedKeyword("m", 1, "scene"),
        WeightedKeyword("none", 9, "scene"),
    ]
    pages = [page(0), page(1), page()]
    found = brand_shares(asked, pages, BRANDS)
    own, rival = totals(asked, pages, found, "total")
    assert (own.share, rival.share) == (0.75, 0.25)
    assert own.keywords == 2
    assert own.pages == rival.pages == 1
    by_kind = {(t.group, t.brand): t.share for t in totals(asked, pages, found, "kind")}
    assert by_kind[("brand", "甲")] == 1
    assert by_kind[("scene", "甲")] == 0


def test_changes_name_who_gained_and_who_left() -> None:
    before = {("k", "甲"): (3, 0.2), ("k", "乙"): (1, 0.5), ("m", "甲"): (2, 0.1)}
    after = {("k", "甲"): (1, 0.6), ("k", "乙"): (None, 0.0), ("m", "甲"): (2, 0.1)}
    rows = changes(before, after)
    assert [row[:4] for row in rows] == [("k", "乙", 1, None), ("k", "甲", 3, 1)]
    assert rows[0][4] == pytest.approx(-0.5)


def test_who_came_and_who_went_are_changes_and_ties_go_by_name() -> None:
    before = {("k", "乙"): (2, 0.25)}
    after = {("m", "甲"): (2, 0.25), ("k", "甲"): (3, 0.25), ("k", "丙"): (4, 0.25)}
    assert changes(before, after) == [
        ("k", "丙", None, 4, 0.25), ("k", "乙", 2, None, -0.25), ("k", "甲", None, 3, 0.25),
        ("m", "甲", None, 2, 0.25),
    ]  # fmt: skip
