"""Fidelity and calibration on constructed truth: pages that a hidden rule set made."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.engine import Engine
from engine.errors import BadFile, BadInput
from engine.formats import ReadOptions
from engine.index.protocol import Scoring
from engine.insight.observed import ObservedPage, pages_of, read_observed, stored_pages
from engine.model import CHINA, Captured, Sighting
from engine.ranking import ruleset
from engine.ranking.ruleset import Engagement, Freshness, RuleSet
from tests.insight.library import notes

NOW = datetime(2026, 10, 31, 9, tzinfo=CHINA)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine.open(tmp_path_factory.mktemp("trust"), create=True) as opened:
        opened.import_rows("corpus", (Captured(n, x) for n, x in enumerate(notes(), 1)), NOW)
        yield opened


@pytest.fixture(scope="module")
def hidden(engine: Engine) -> RuleSet:
    heat = Engagement(1.2, likes=1, collects=1.5, comments=4, shares=2)
    return replace(
        engine.rule_set,
        scoring=Scoring(2.0, 0.5, 1.4, 3.0, 1.0),
        rules=(("engagement", heat), ("freshness", Freshness(0.7, half_life_days=40))),
    )


def pages(engine: Engine, rules: RuleSet, noise: float, most: int = 24) -> list[ObservedPage]:
    """Pages as the rules make them, neighbours swapped by chance, cut after 220 notes."""
    dice = random.Random(5)
    words = [w for w, count in engine.snapshot().index.vocabulary() if count >= 12 and len(w) > 1][
        ::17
    ][:most]
    places = engine.snapshot(NOW).under(rules).ranker
    found = []
    for word, rows in zip(words, places.pages(words, 220), strict=True):
        ids = rows.note_ids
        for at in range(len(ids) - 1):
            if dice.random() < noise:
                ids[at], ids[at + 1] = ids[at + 1], ids[at]
        found.append(ObservedPage(word, NOW, tuple(ids)))
    return found


def test_rules_agree_with_the_pages_that_they_made(engine: Engine) -> None:
    found = engine.fidelity(pages(engine, engine.rule_set, 0.0), NOW)
    means = found.means()
    assert means["our rules"]["tau"].value == pytest.approx(1.0)
    assert means["our rules"]["ndcg"].value == pytest.approx(1.0)
    assert abs(means["random"]["tau"].value) < 0.1
    assert means["by likes"]["tau"].value < means["BM25 alone"]["tau"].value < 1
    assert found.missing == 0


def test_observed_notes_that_the_library_lacks_are_counted_and_left_out(engine: Engine) -> None:
    (one,) = pages(engine, engine.rule_set, 0.0, 1)
    more = replace(one, note_ids=("gone", *one.note_ids))
    found = engine.fidelity([more], NOW)
    assert (found.missing, found.ours[0].tau) == (1, pytest.approx(1.0))


@pytest.mark.parametrize(("noise", "least"), [(0.0, 0.95), (0.3, 0.85)])
def test_a_hidden_rule_set_is_learnt_from_its_pages(
    engine: Engine, hidden: RuleSet, noise: float, least: float
) -> None:
    found = engine.calibrate(pages(engine, hidden, noise), NOW)
    assert found.new.value >= least
    assert found.new.value > found.old.value
    assert found.better
    assert {change.parameter for change in found.changes} >= {"boosts.title", "bm25.k1"}


def test_pages_of_our_own_rules_bring_no_better_ones(engine: Engine) -> None:
    found = engine.calibrate(pages(engine, engine.rule_set, 0.1), NOW)
    assert not found.better
    assert found.new.value > 0.9


def test_too_few_pages_teach_nothing(engine: Engine) -> None:
    with pytest.raises(BadInput, match="too few to learn from"):
        engine.calibrate(pages(engine, engine.rule_set, 0.0, 6), NOW)


def test_a_fitted_rule_set_is_kept_with_the_one_before(tmp_path: Path, hidden: RuleSet) -> None:
    with Engine.open(tmp_path, create=True) as engine:
        first = engine.keep_rules(replace(hidden, name="calibrated", version=1), "fitted\nto pages")
        assert first.read_text("utf-8").startswith("# fitted\n# to pages\n")
        engine.keep_rules(replace(hidden, name="calibrated", version=2), "")
    with Engine.open(tmp_path) as engine:
        assert engine.rule_set == replace(hidden, name="calibrated", version=2)
    assert ruleset.load(tmp_path / "rules.calibrated@1.toml").version == 1


@pytest.mark.parametrize("name", ruleset.presets())
def test_a_rule_set_is_written_as_it_is_read(tmp_path: Path, name: str) -> None:
    rules = ruleset.load(name)
    (tmp_path / "x.toml").write_text(ruleset.dump(rules), "utf-8")
    assert ruleset.load(tmp_path / "x.toml") == rules


# --- observed files ----------------------------------------------------------------------------

HEAD = "keyword,captured_at,sort,filters,position,note\n"


def observed(tmp_path: Path, rows: str) -> Path:
    path = tmp_path / "pages.csv"
    path.write_text(HEAD + rows, "utf-8")
    return path


def test_the_newest_page_of_a_keyword_counts_in_the_order_of_positions(tmp_path: Path) -> None:
    rows = (
        "面霜,2026-10-01,general,,1,old1\n面霜,2026-10-01,general,,2,old2\n"
        "面霜,2026-10-30,综合,,2,b\n面霜,2026-10-30,综合,,1,a\n油皮,2026-10-02,general,,1,c\n"
    )
    found = read_observed(observed(tmp_path, rows))
    assert [(p.keyword, p.note_ids) for p in found.pages] == [
        ("油皮", ("c",)),
        ("面霜", ("a", "b")),
    ]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("面霜,,popularity_descending,,1,a\n", "1 rows sorted by likes"),
        ("面霜,,,,1,a\n", "1 rows of unknown sort"),
        ("面霜,,general,video,1,a\n", "1 rows under filters"),
    ],
)
def test_what_is_not_the_general_order_is_refused(tmp_path: Path, rows: str, why: str) -> None:
    with pytest.raises(BadFile, match=why):
        read_observed(observed(tmp_path, rows))


def test_an_unknown_sort_is_taken_when_the_user_says_so(tmp_path: Path) -> None:
    assert read_observed(observed(tmp_path, "面霜,,,,1,a\n"), "general").pages
    with pytest.raises(BadFile, match="sorted by likes"):
        read_observed(observed(tmp_path, "面霜,,,,1,a\n"), "likes")


def test_imports_remember_the_pages_they_saw(tmp_path: Path) -> None:
    path = observed(tmp_path, "面霜,2026-10-30,general,,1,a\n面霜,2026-10-30,general,,2,b\n")
    with Engine.open(tmp_path / "library", create=True) as engine:
        engine.import_file(path, ReadOptions(), NOW)
        (page,) = stored_pages(engine.store).pages
        assert page.note_ids == ("a", "b")


def test_what_is_left_out_is_counted_by_reason() -> None:
    def seen(note_id: str, **changed: Any) -> tuple[str, Sighting]:
        plain = {"keyword": "面霜", "run": "r", "position": 1, "sort": "general"}
        return note_id, Sighting(**{**plain, **changed})

    found = pages_of(
        [
            seen("b", position=2), seen("a"), seen("b", position=3), seen("x", keyword=""),
            seen("x", position=None), seen("x", sort=""), seen("x", sort="likes"),
            seen("x", filters="video"), seen("c", run="s", captured_at=NOW), seen("d", run="t"),
        ],
        2,
    )  # fmt: skip
    (page,) = found.pages  # of three runs the one that has a time
    assert (page.note_ids, page.captured_at) == (("c",), NOW)
    assert found.left_out == (
        "1 rows of unknown sort", "1 rows sorted by likes", "2 rows that cannot be read",
        "1 rows under filters", "2 rows without a keyword or a position",
    )  # fmt: skip
    (undated,) = pages_of([seen("b", position=2), seen("a"), seen("b", position=3)]).pages
    assert undated.note_ids == ("a", "b")
    older = seen("e", run="u", captured_at=NOW - timedelta(days=1))
    newer = seen("f", run="a", captured_at=NOW)
    assert pages_of([newer, older]).pages[0].note_ids == ("f",)
