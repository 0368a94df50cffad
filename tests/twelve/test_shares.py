"""Share of voice by hand: each key of each row, and the sums over a list."""

from __future__ import annotations

import pytest

from engine import Engine, KeywordLine
from tests.twelve import doors
from tests.twelve.doors import Row
from tests.twelve.hand import attention

OURS, RIVALS = ["沐禾集"], ["初棠", "克蕾缇"]
BRANDS = [*OURS, *RIVALS]
A1, A2, A3, A4, A5, A6 = map(attention, range(1, 7))
SIX, FOUR, THREE = A1 + A2 + A3 + A4 + A5 + A6, A1 + A2 + A3 + A4, A1 + A2 + A3
NOTHING = (None, 0, 0.0, 0.0, 0.0)
# best place, places among the first three, share, of which organic, declared
EXPECTED = {
    # n01 沐禾集 organic, n02 both declared, n07 沐禾集 declared, n05 初棠 boosted at place 6
    ("面霜", "沐禾集"): (1, 3, (A1 + A2 / 2 + A3) / SIX, A1 / SIX, (A2 / 2 + A3) / SIX),
    ("面霜", "初棠"): (2, 1, (A2 / 2 + A6) / SIX, 0.0, A2 / 2 / SIX),
    ("面霜", "克蕾缇"): NOTHING,
    # n07, n09, n08 (unknown channel)
    ("精华", "沐禾集"): (1, 1, A1 / SIX, 0.0, A1 / SIX),
    ("精华", "初棠"): (3, 1, A3 / SIX, 0.0, 0.0),
    ("精华", "克蕾缇"): (2, 1, A2 / SIX, A2 / SIX, 0.0),
    # n08, n06, n09, n11
    ("早八", "沐禾集"): NOTHING,
    ("早八", "初棠"): (1, 1, A1 / FOUR, 0.0, 0.0),
    ("早八", "克蕾缇"): (3, 1, A3 / FOUR, A3 / FOUR, 0.0),
    # n08, n09, n07, …
    ("早八精华", "沐禾集"): (3, 1, A3 / SIX, 0.0, A3 / SIX),
    ("早八精华", "初棠"): (1, 1, A1 / SIX, 0.0, 0.0),
    ("早八精华", "克蕾缇"): (2, 1, A2 / SIX, A2 / SIX, 0.0),
    ("帐篷", "沐禾集"): NOTHING,
    ("帐篷", "初棠"): NOTHING,
    ("帐篷", "克蕾缇"): NOTHING,
    # n07, n02 (both), n01
    ("沐禾集", "沐禾集"): (1, 3, (A1 + A2 / 2 + A3) / THREE, A3 / THREE, (A1 + A2 / 2) / THREE),
    ("沐禾集", "初棠"): (2, 1, A2 / 2 / THREE, 0.0, A2 / 2 / THREE),
    ("沐禾集", "克蕾缇"): NOTHING,
}


def test_each_keyword_and_brand_has_its_places_and_its_share(engine: Engine) -> None:
    rows = doors.shares(engine, OURS, RIVALS)
    assert [(row["keyword"], row["brand"]) for row in rows] == list(EXPECTED)
    for row in rows:
        best, top3, share, organic, declared = EXPECTED[row["keyword"], row["brand"]]
        top = top3 + (row["keyword"] == "面霜" and row["brand"] == "初棠")  # n05 at place 6
        assert row["best_position"] == best
        assert (row["top3"], row["top10"], row["top20"], row["top50"]) == (top3, top, top, top)
        assert row["share"] == pytest.approx(share, abs=1e-6)
        assert row["share_organic"] == pytest.approx(organic, abs=1e-6)
        assert row["share_declared"] == pytest.approx(declared, abs=1e-6)


def test_a_row_weighs_as_its_keyword_does(engine: Engine) -> None:
    weights = {row["keyword"]: row["weight"] for row in doors.shares(engine, OURS, RIVALS)}
    assert weights == pytest.approx(
        {"面霜": 3 / 12, "精华": 1 / 12, "早八": 2 / 12, "早八精华": 2 / 12, "帐篷": 2 / 12,
         "沐禾集": 2 / 12}, abs=1e-6,
    )  # fmt: skip


@pytest.fixture(scope="module")
def total(engine: Engine) -> dict[str, Row]:
    return {row["brand"]: row for row in doors.totals(engine, BRANDS, "total")}


def mean(**shares: float) -> float:
    """By weight 3, 1, 2, 2, 2 of the five keywords that have a page; 帐篷 counts nothing."""
    weights = {"a": 3, "b": 1, "c": 2, "d": 2, "e": 2}
    return sum(weights[key] * share for key, share in shares.items()) / 10


def test_a_total_is_the_mean_by_weight_over_pages_that_there_are(total: dict[str, Row]) -> None:
    ours, rival, other = (total[name] for name in ("沐禾集", "初棠", "克蕾缇"))
    both = (A1 + A2 / 2 + A3) / SIX
    page = (A1 + A2 / 2 + A3) / THREE
    expected = mean(a=both, b=A1 / SIX, d=A3 / SIX, e=page)
    assert ours["share"] == pytest.approx(expected, abs=1e-6)
    rivals = mean(a=(A2 / 2 + A6) / SIX, b=A3 / SIX, c=A1 / FOUR, d=A1 / SIX, e=A2 / 2 / THREE)
    assert rival["share"] == pytest.approx(rivals, abs=1e-6)
    third = mean(b=A2 / SIX, c=A3 / FOUR, d=A2 / SIX)
    assert other["share"] == pytest.approx(third, abs=1e-6)
    counts = [(r["keywords"], r["pages"], r["top3"], r["top10"]) for r in (ours, rival, other)]
    assert counts == [(5, 4, 8, 8), (5, 5, 5, 6), (5, 3, 3, 3)]


def test_channels_and_forms_are_parts_of_the_share(total: dict[str, Row]) -> None:
    ours, rival = total["沐禾集"], total["初棠"]
    boosted = mean(a=A6 / SIX)  # n05
    unknown = mean(b=A3 / SIX, c=A1 / FOUR, d=A1 / SIX)  # n08
    declared = mean(a=A2 / 2 / SIX, e=A2 / 2 / THREE)  # n02
    assert (rival["share_boosted"], rival["share_unknown"], rival["share_declared"]) == (
        pytest.approx((boosted, unknown, declared), abs=1e-6)
    )
    assert rival["share_image"] == pytest.approx(unknown, abs=1e-6)  # n08 is an image
    assert rival["share_video"] == pytest.approx(boosted + declared, abs=1e-6)
    formless = mean(a=A3 / SIX, b=A1 / SIX, d=A3 / SIX, e=A1 / THREE)  # n07
    assert ours["share_form_unknown"] == pytest.approx(formless, abs=1e-6)
    assert ours["share_organic"] == pytest.approx(mean(a=A1 / SIX, e=A3 / THREE), abs=1e-6)
    assert ours["share_boosted"] == ours["share_unknown"] == 0


def test_authors_are_counted_once_and_nobody_is_no_author(total: dict[str, Row]) -> None:
    # 沐禾集: a1 (n01, n02), a4 (n07); 初棠: a1 (n02, n05), n08 has none; 克蕾缇: a5
    assert {name: row["authors"] for name, row in total.items()} == {
        "沐禾集": 2, "初棠": 1, "克蕾缇": 1,
    }  # fmt: skip


def test_groups_have_their_own_weights(engine: Engine) -> None:
    rows = doors.totals(engine, BRANDS, "kind")
    by = {(row["group"], row["brand"]): row for row in rows}
    scene = by["scene", "初棠"]  # 早八 and 早八精华, of one weight
    assert scene["share"] == pytest.approx((A1 / FOUR + A1 / SIX) / 2, abs=1e-6)
    assert (scene["keywords"], scene["pages"]) == (2, 2)
    category = by["category", "沐禾集"]  # 帐篷 has no page
    assert category["share"] == pytest.approx((A1 + A2 / 2 + A3) / SIX, abs=1e-6)
    assert category["keywords"] == 1
    intents = {row["group"] for row in doors.totals(engine, BRANDS, "intent")}
    assert intents == {"consider"}


def test_another_spelling_is_the_same_brand(engine: Engine) -> None:
    latin = doors.totals(engine, ["Creti"], "total")
    (ours,) = latin
    assert ours["brand"] == "Creti"
    third = mean(b=A2 / SIX, c=A3 / FOUR, d=A2 / SIX)
    assert ours["share"] == pytest.approx(third, abs=1e-6)


def test_kinds_and_intents_of_the_list_are_kept(engine: Engine) -> None:
    lines = [KeywordLine("面霜", 1, "core", "buy"), KeywordLine("精华", 3)]
    kinds = {(r["group"], r["brand"]): r for r in doors.totals(engine, BRANDS, "kind", lines)}
    assert {group for group, _ in kinds} == {"core"}  # 精华 is core by itself
    both = (1 * (A1 + A2 / 2 + A3) / SIX + 3 * A1 / SIX) / 4
    assert kinds["core", "沐禾集"]["share"] == pytest.approx(both, abs=1e-6)
    intents = doors.totals(engine, BRANDS, "intent", lines)
    assert {(row["group"], row["keywords"]) for row in intents} == {("buy", 1), ("consider", 1)}


def test_a_brand_given_twice_by_other_spellings_is_one(engine: Engine) -> None:
    rows = doors.totals(engine, ["克蕾缇", "Creti"], "total")
    assert [row["brand"] for row in rows] == ["克蕾缇"]
