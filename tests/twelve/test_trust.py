"""Agreement with observed pages, calibration and judged queries, by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import combinations
from math import sqrt
from pathlib import Path

import pytest

from engine import Engine
from engine.errors import BadInput
from tests.cli.running import noterank
from tests.twelve import doors, hand
from tests.twelve.hand import attention

FACE = ("n02", "n01", "n06", "n07", "n05", "n03")  # as observed
SERUM = ("n10", "n11", "n06", "n08", "n09", "n07")  # ours, upside down
PAGES = (
    doors.seen("面霜", "n02", "n01", "n06", "gone", "n07", "n05", "n03"),
    doors.seen("早八", "n08", "n06", "n09", "n11"),
    doors.seen("精华", *SERUM),
)


def tau(observed: Sequence[str], order: Sequence[str]) -> float:
    """Pairs in the observed order less pairs against it; what is not shown is tied at the end."""
    place = {note_id: at for at, note_id in enumerate(order)}
    gaps = [place.get(b, 99) - place.get(a, 99) for a, b in combinations(observed, 2)]
    untied = [gap for gap in gaps if gap]
    return sum(1 if gap > 0 else -1 for gap in gaps if gap) / sqrt(len(gaps) * len(untied))


def test_a_fidelity_row_has_tau_overlap_and_gain_by_hand(engine: Engine) -> None:
    (face, early, serum), _, missing = doors.agreement(engine, *PAGES)
    # ours: n01 n02 n07 n06 (n04) n05, without n03: two of fifteen pairs are swapped
    p = 0.9
    shared = [0, 2, 2, 4, 5, 5]  # of the first one, two, … of both lists
    total = sum(count / depth * p**depth for depth, count in enumerate(shared, 1)) + p**6 / 6
    gains = {note_id: attention(at) for at, note_id in enumerate(FACE, 1)}
    ours = [gains[i] for i in ("n01", "n02", "n07", "n06", "n05")]
    best = sum(attention(at) ** 2 for at in range(1, 7))
    gain = sum(g * attention(at) for at, g in enumerate(ours, 1)) / best
    assert face == {
        "keyword": "面霜", "observed": 6, "kendall_tau": pytest.approx(11 / 15, abs=6e-5),
        "rbo": pytest.approx((1 - p) / p * total + p**6, abs=6e-5),
        "ndcg": pytest.approx(gain, abs=6e-5), "trust": "medium",
    }  # fmt: skip  # 0.733 - 1.645 × 0.355 = 0.15
    assert early == {
        "keyword": "早八", "observed": 4, "kendall_tau": None, "rbo": None, "ndcg": None,
        "trust": "unknown",
    }  # fmt: skip
    assert (serum["kendall_tau"], serum["trust"]) == (-1.0, "low")
    backwards = sum(attention(at) * attention(7 - at) for at in range(1, 7)) / best
    assert serum["ndcg"] == pytest.approx(backwards, abs=6e-5)
    assert missing == 1


def test_a_page_in_our_order_is_trusted(engine: Engine) -> None:
    rows, _, _ = doors.agreement(engine, doors.seen("精华", *reversed(SERUM)))
    assert rows[0] == {
        "keyword": "精华", "observed": 6, "kendall_tau": 1.0, "rbo": pytest.approx(1.0),
        "ndcg": 1.0, "trust": "high",
    }  # fmt: skip


ORDERS = {  # of 面霜, of 精华; who is not there has no such figure
    "our rules": (["n01", "n02", "n07", "n06", "n05"], SERUM[::-1]),
    "by likes": (["n06", "n05", "n02", "n01", "n03"], ["n06", "n09", "n11", "n08"]),
    "by time": (["n07", "n01", "n02", "n05", "n03"], ["n07", "n10", "n09", "n11", "n08"]),
}


@pytest.mark.parametrize("name", ORDERS)
def test_our_order_and_the_plain_ones_are_compared_alike(engine: Engine, name: str) -> None:
    _, orders, _ = doors.agreement(engine, *PAGES)
    face, serum = tau(FACE, ORDERS[name][0]), tau(SERUM, ORDERS[name][1])
    row = orders[name]
    assert row["tau"] == pytest.approx((face + serum) / 2, abs=6e-5)
    # of two keywords a bootstrap takes the lower or the higher one twice in a quarter of rounds
    assert row["tau_low"] == pytest.approx(min(face, serum), abs=6e-5)
    assert row["tau_high"] == pytest.approx(max(face, serum), abs=6e-5)


def test_words_alone_leave_the_rules_out(engine: Engine) -> None:
    """By BM25 n03 stands for its longer copy n04, and notes of one score go by their ids."""
    words = {
        word: sorted(hand.TERMS, key=lambda i: (-round(hand.bm25(word, i), 6), i))
        for word in ("面霜", "精华")
    }
    assert words["面霜"][:7] == ["n01", "n02", "n05", "n07", "n06", "n03", "n04"]
    face = ["n01", "n02", "n07", "n06", "n03", "n05"]  # n05 is the third note of a1
    serum = [note_id for note_id in words["精华"] if note_id in SERUM]
    _, orders, _ = doors.agreement(engine, *PAGES)
    expected = (tau(FACE, face) + tau(SERUM, serum)) / 2
    assert orders["BM25 alone"]["tau"] == pytest.approx(expected, abs=6e-5)


def test_chance_agrees_with_nothing(engine: Engine) -> None:
    _, orders, _ = doors.agreement(engine, *PAGES)
    assert -0.2 < orders["random"]["tau"] < 0.2


# --- calibrate ---------------------------------------------------------------------------------

WORDS = ("面霜", "精华", "早八精华", "精华 早八", "面霜 精华", "面霜 早八", "防晒 面霜",
         "敏感肌面霜", "敏感肌 面霜", "沐禾集 面霜")  # fmt: skip


def test_the_held_out_figures_begin_with_our_own_tau(engine: Engine) -> None:
    pages = [doors.seen(word, *doors.ids(engine, word)) for word in WORDS]
    pages[1] = doors.seen("精华", *SERUM)
    figures, changes = doors.calibration(engine, *pages)
    assert (figures["pages"], figures["fitted"]) == (10, "calibrated@1")
    assert figures["tau_old"] == pytest.approx((9 * 1 - 1) / 10)  # nine agree, one is reversed
    gap = figures["tau_new"] - figures["tau_old"]
    assert figures["tau_difference"] == pytest.approx(gap, abs=2e-4)
    assert figures["better"] == (figures["tau_difference_low"] > 0)
    assert not figures["better"]
    assert {row["parameter"]: row["before"] for row in changes} == {
        "boosts.title": 3.0, "boosts.tags": 2.0, "bm25.k1": 1.5, "bm25.b": 0.75,
        "rules.engagement.weight": 0.3, "rules.engagement.likes": 1.0,
        "rules.engagement.collects": 1.0, "rules.engagement.comments": 1.0,
        "rules.engagement.shares": 1.0, "rules.freshness.weight": 0.2,
        "rules.freshness.half_life_days": 90.0,
    }  # fmt: skip


def test_progress_is_told_page_by_page_and_fit_by_fit(engine: Engine) -> None:
    told: list[float] = []
    pages = [doors.seen(word, *doors.ids(engine, word)) for word in WORDS]
    doors.calibration(engine, *pages, tick=told.append)
    assert told == pytest.approx([0.04 * n for n in range(1, 11)] + [0.5, 0.6, 0.7, 0.8, 0.9, 1.0])


def test_nine_pages_or_pages_of_four_notes_teach_nothing(engine: Engine) -> None:
    pages = [doors.seen(word, *doors.ids(engine, word)) for word in WORDS]
    with pytest.raises(BadInput, match="9 keywords have a page of 5 notes"):
        doors.calibration(engine, *pages[:9])
    short = doors.seen(WORDS[0], *doors.ids(engine, WORDS[0])[:4])
    with pytest.raises(BadInput, match="9 keywords have a page of 5 notes"):
        doors.calibration(engine, *pages[1:], short)


# --- judged queries ----------------------------------------------------------------------------


def test_measures_of_judged_queries_by_hand(fresh: Engine, tmp_path: Path) -> None:
    """早八: n08 n06 n09 n11, of which n06 (2) and n11 (1) are right; 帐篷: nothing is there."""
    queries, qrels = tmp_path / "queries.tsv", tmp_path / "qrels.tsv"
    queries.write_text("q1\t早八\nq2\t帐篷\nq3\t面霜\n", "utf-8")
    qrels.write_text("q1\t0\tn06\t2\nq1\t0\tn11\t1\nq1\t0\tn12\t0\nq2\t0\tn12\t1\n", "utf-8")
    fresh.close()
    done = noterank("evaluate", str(queries), str(qrels), "--json", library=fresh.library.folder)
    assert done.returncode == 0, done.stderr
    rows = {row["metric"]: row for row in json.loads(done.stdout)["data"]}
    gain = (2 * attention(2) + attention(4)) / (2 + attention(2))
    stop = 3 / 4  # (2² - 1) / 2²; n11 stops a quarter of those who go on
    expected = {
        "ndcg@10": gain / 2,
        "mrr@10": 0.5 / 2,
        "recall@100": 1 / 2,
        "p@10": 0.2 / 2,
        "err@10": (stop / 2 + (1 - stop) * 0.25 / 4) / 2,
    }
    assert {name: row["value"] for name, row in rows.items()} == pytest.approx(expected)
    assert {row["queries"] for row in rows.values()} == {2}
