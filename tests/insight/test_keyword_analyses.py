"""Portrait -> keyword set -> fights -> shares, on the sample corpus."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from engine import sample
from engine.engine import Engine
from engine.errors import BadOption, NotFound
from engine.formats import ReadOptions
from engine.formats.keywords import KeywordLine, read_keywords
from engine.insight import portrait
from engine.insight.expand import expand
from engine.insight.keyword_map import keyword_map
from engine.insight.sets import Edits, decided, differences
from engine.model import CHINA, Captured, Note
from engine.rows.column import columns
from engine.rows.keyword_rows import KeywordAnswer, KeywordRow
from engine.rows.visibility_rows import VisibilityRow, total_table, visibility_table
from engine.rows.why_rows import why_keyword, why_opportunity
from engine.text.normalise import fold_key

NOW = datetime(2026, 10, 31, 9, tzinfo=CHINA)
PERSON = portrait.read(sample.PORTRAIT)
BOILERPLATE = {"种草", "姐妹们", "小红书", "推荐", "分享", "大家", "真的", "好用", "笔记"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine.open(tmp_path_factory.mktemp("insights"), create=True) as opened:
        opened.import_file(sample.NOTES, ReadOptions(), NOW)
        opened.import_file(sample.DEMAND, ReadOptions(), NOW)
        yield opened


@pytest.fixture(scope="module")
def answer(engine: Engine) -> KeywordAnswer:
    return engine.keywords(PERSON, 30)


def test_weights_sum_to_one_and_fall(answer: KeywordAnswer) -> None:
    weights = [keyword.weight for keyword in answer.set.keywords]
    assert math.isclose(sum(weights), 1)
    assert weights == sorted(weights, reverse=True)
    assert len(weights) == 30


def test_no_boilerplate_no_excluded_word_no_double_is_a_keyword(answer: KeywordAnswer) -> None:
    keys = [fold_key(keyword.keyword) for keyword in answer.set.keywords]
    assert len(set(keys)) == len(keys)
    assert not BOILERPLATE & set(keys)
    assert not [key for key in keys if "学生党" in key]
    assert ("学生党", "画像排除词") in answer.set.left_out or all(
        "学生党" not in word for word, _ in answer.set.left_out
    )


def test_every_interest_that_has_notes_is_represented(answer: KeywordAnswer) -> None:
    brought = {trait.word: count for trait, count in answer.set.traits}
    for interest in PERSON.interests:
        if brought[interest]:
            named = [
                k
                for k in answer.set.keywords
                if k.keyword == interest or any(w == interest for _, w, _ in k.provenance.traits)
            ]
            assert named, interest


def test_the_parts_of_a_weight_multiply_to_it(answer: KeywordAnswer) -> None:
    total = sum(k.provenance.raw for k in answer.set.keywords)
    for keyword in answer.set.keywords:
        known = keyword.provenance
        assert math.isclose(math.prod(value for _, value in known.parts), known.raw)
        assert math.isclose(known.raw / total, keyword.weight)
        rows = {row["part"]: row for row in why_keyword(keyword)}
        factors = [row["factor"] for row in rows.values() if row["factor"] is not None]
        assert math.prod(factors) == pytest.approx(rows["product"]["value"], rel=1e-9)


def test_provenance_counts_are_of_the_library(answer: KeywordAnswer, engine: Engine) -> None:
    for keyword in answer.set.keywords:
        known = keyword.provenance
        assert 1 <= known.notes <= known.library
        assert known.notes <= known.affine == answer.set.affine
        assert keyword.examples
        for note_id in keyword.examples:
            note = engine.note(note_id)
            whole = fold_key(" ".join((note.title, note.body, *note.tags)))
            assert all(part in whole for part in fold_key(keyword.keyword).split())


def test_rows_have_the_promised_keys_and_unknown_is_none(answer: KeywordAnswer) -> None:
    for row in answer.table():
        assert tuple(row) == columns(KeywordRow)
        assert (row["demand"] is None) == (row["demand_source"] is None)
        assert row["demand"] is not None or row["opportunity"] is None
        assert 0 <= row["difficulty"] <= 100
    listed = {row["keyword"]: row for row in answer.table()}["早C晚A"]
    assert listed["demand"] == 57_890
    assert listed["demand_source"] == "聚光 护肤核心词"


def test_the_difficulty_of_a_row_is_the_sum_of_its_parts(answer: KeywordAnswer) -> None:
    for one in answer.report.opportunities:
        rows = why_opportunity(one)
        parts = [row["value"] for row in rows if row["part"].startswith("difficulty.")]
        (whole,) = [row["value"] for row in rows if row["part"] == "difficulty"]
        assert sum(part for part in parts if part is not None) == pytest.approx(whole)
        assert whole == pytest.approx(one.opportunity.incumbents.difficulty)
        known = {row["part"]: row["value"] for row in rows}
        if known["opportunity"] is not None:
            product = math.prod(known[name] or 0.0 for name in ("heat", "room", "scarcity"))
            assert known["opportunity"] == pytest.approx(100 * product ** (1 / 3))


def test_the_same_portrait_gives_the_same_set(engine: Engine, answer: KeywordAnswer) -> None:
    assert engine.keywords(PERSON, 30).set == answer.set


def test_saved_notes_questions_and_lists_leave_their_mark(engine: Engine) -> None:
    comments = ("敏感肌面霜夏天会闷吗", "这个面霜在哪买", "挂耳咖啡苦吗")
    saved = tuple(engine.snapshot(NOW).searcher.ids("挂耳咖啡", 3))
    person = replace(PERSON, comments=comments, saved=saved)
    found = {k.keyword: k for k in engine.keywords(person, 40).set.keywords}
    assert found["面霜"].provenance.questions == comments[:2]
    assert ("questions", 1.2) in found["面霜"].provenance.parts
    assert "评论提问 2 条" in found["面霜"].provenance.sentence()
    before = {k.keyword: k.weight for k in engine.keywords(PERSON, 40).set.keywords}
    assert found["挂耳咖啡"].weight > before["挂耳咖啡"]


def test_a_portrait_that_no_note_fits_gives_an_empty_set(engine: Engine) -> None:
    person = portrait.from_table({"name": "空", "what": {"interests": ["㐀㐁㐂"]}})
    found = engine.keywords(person, 10)
    assert found.set.keywords == ()
    assert found.table().rows == []


# --- the user's hand ---------------------------------------------------------------------------


def test_dropped_words_go_locked_ones_stay_and_weights_are_kept(
    engine: Engine, answer: KeywordAnswer
) -> None:
    first, second, third = (keyword.keyword for keyword in answer.set.keywords[:3])
    edits = decided(answer.set, Edits(), (second,), (first,), {third: 0.3, "自定义词": 0.05})
    found = {k.keyword: k for k in engine.keywords(PERSON, 30, edits).set.keywords}
    assert first not in found
    assert found[second].locked
    assert found[second].weight == pytest.approx(answer.set.keywords[1].weight)
    assert found[third].weight == pytest.approx(0.3)
    assert found["自定义词"].weight == pytest.approx(0.05)
    assert sum(k.weight for k in found.values()) == pytest.approx(1)
    assert decided(answer.set, edits, free=(first, second, third, "自定义词")) == Edits()


def test_weights_that_leave_nothing_are_refused(engine: Engine, answer: KeywordAnswer) -> None:
    with pytest.raises(BadOption, match="between 0 and 1"):
        decided(answer.set, Edits(), weigh={"面霜": 1.5})
    with pytest.raises(BadOption, match="not in the set"):
        decided(answer.set, Edits(), lock=("没有的词",))
    edits = decided(answer.set, Edits(), weigh={"面霜": 0.7, "早C晚A": 0.6})
    with pytest.raises(BadOption, match=r"sum to 1\.3"):
        engine.keywords(PERSON, 10, edits)


def test_sets_are_kept_with_versions_and_compared(engine: Engine, answer: KeywordAnswer) -> None:
    assert engine.saved.keep(answer) == 1
    assert engine.saved.keep(answer) == 1, "what did not change is not kept twice"
    edits = decided(answer.set, Edits(), drop=(answer.set.keywords[0].keyword,))
    changed = engine.keywords(PERSON, 30, edits)
    assert engine.saved.keep(changed, edits) == 2
    assert engine.saved.edits(PERSON.name) == edits
    assert engine.saved.portrait(PERSON.name) == PERSON
    old, new = (kept.content for kept in engine.saved.sets(PERSON.name))
    rows = differences(*({r["keyword"]: r["weight"] for r in c} for c in (old, new)))
    assert rows[0][:2] == (answer.set.keywords[0].keyword, "removed") or rows[0][1] == "removed"
    assert {row[1] for row in rows} <= {"removed", "added", "heavier", "lighter"}
    with pytest.raises(NotFound, match="no portrait"):
        engine.saved.portrait("没有")


# --- where to fight, who holds what ------------------------------------------------------------


def test_a_list_is_judged_with_its_own_demand_first(engine: Engine) -> None:
    lines = [KeywordLine("早C晚A", searches=10, source="我的表"), KeywordLine("屏障修护")]
    own, listed = engine.opportunity(lines).opportunities
    assert (own.opportunity.demand, own.opportunity.demand_source) == (10, "我的表")
    assert listed.opportunity.demand == 31_560
    assert own.weight == listed.weight == 0.5


def test_what_another_imports_is_known_at_once(tmp_path: Path) -> None:
    line = [KeywordLine("屏障修护")]
    with Engine.open(tmp_path, create=True) as engine:
        engine.import_file(sample.NOTES, ReadOptions(), NOW)
        seen = len(engine.drafts()._seen())
        assert engine.opportunity(line).opportunities[0].opportunity.demand is None
        with Engine.open(tmp_path) as other:  # demand and an older capture change no note
            other.import_file(sample.DEMAND, ReadOptions(), NOW)
            note = next(other.notes())
            assert note.published_at is not None
            older = replace(note, captured_at=note.published_at + timedelta(days=1))
            other.import_rows("older", [Captured(1, older)], NOW)
        assert engine.opportunity(line).opportunities[0].opportunity.demand == 31_560
        assert len(engine.drafts()._seen()) == seen + 1


def test_supply_counts_notes_that_hold_all_words(engine: Engine) -> None:
    (one,) = engine.opportunity([KeywordLine("敏感肌面霜")]).opportunities
    held = 0
    for note in engine.notes():
        terms = engine.segmenter.words
        fields = [terms(fold_key(text)) for text in (note.title, note.body)]
        fields.append([word for tag in note.tags for word in terms(fold_key(tag))])
        held += any({"敏感肌", "面霜"} <= set(words) for words in fields)
    assert one.opportunity.supply >= held > 0
    assert one.opportunity.titled <= one.opportunity.supply


def test_the_map_has_unclaimed_cells_with_neighbours(engine: Engine) -> None:
    lines = [
        KeywordLine(k.keyword, k.weight, k.kind, k.intent)
        for k in engine.keywords(PERSON, 40).set.keywords
    ]
    cells = keyword_map(engine.snapshot(), lines)
    assert cells
    assert all(cell.unclaimed == (cell.notes == 0) for cell in cells)
    assert all(cell.examples for cell in cells)


def test_shares_of_the_set_and_of_its_kinds(engine: Engine) -> None:
    lines = read_keywords(sample.CORPUS / "keywords" / "skincare.csv")
    voice = engine.visibility(lines, ["沐禾集"], ["初棠", "Creti"])
    assert voice.brands == ("沐禾集", "初棠", "Creti")
    rows = visibility_table(voice)
    assert len(rows) == 3 * len(lines)
    assert tuple(rows.rows[0]) == columns(VisibilityRow)
    for word in {row["keyword"] for row in rows}:
        assert sum(row["share"] for row in rows if row["keyword"] == word) <= 1 + 1e-9
    for row in rows:
        assert (row["best_position"] is None) == (row["top50"] == 0)
        assert row["top3"] <= row["top10"] <= row["top20"] <= row["top50"]
    by_alias = engine.visibility(lines, ["克蕾缇"]).totals()[0]
    (latin,) = [total for total in voice.totals() if total.brand == "Creti"]
    assert by_alias.share == pytest.approx(latin.share)
    with pytest.raises(BadOption, match="use total"):
        voice.totals("colour")


def test_places_of_the_share_are_those_of_the_search(engine: Engine) -> None:
    voice = engine.visibility([KeywordLine("敏感肌面霜")], ["沐禾集"])
    page = engine.search("敏感肌面霜")
    named = [r.position for r in page.results if "沐禾集" in r.brands]
    assert voice.brand_shares[0].places[: len(named)] == named


def test_snapshots_are_kept_and_missing_ones_named(engine: Engine) -> None:
    voice = engine.visibility([KeywordLine("面霜")], ["沐禾集"])
    saved, at = engine.saved, engine.as_of()
    assert saved.snapshot("十一月", voice, at) == 1
    assert saved.snapshot("十一月", voice, at) == 1  # nothing new
    assert saved.snapshots("十一月")[-1].content == visibility_table(voice).rows
    with pytest.raises(NotFound, match="--save"):
        saved.snapshots("没有")


def test_a_share_of_voice_is_remembered_for_each_moment(engine: Engine) -> None:
    saved, at = engine.saved, engine.as_of()
    one = engine.visibility([KeywordLine("面霜")], ["沐禾集"])
    two = engine.visibility([KeywordLine("面霜"), KeywordLine("猫")], ["沐禾集"])
    later = at + timedelta(days=9)
    for voice, moment in ((two, later), (one, at), (one, later)):
        saved.snapshot("占比", voice, moment)
    share = total_table(one.totals()).rows[0]["share"]
    rows = saved.looks("占比")
    assert [(row["as_of"][:10], row["share"]) for row in rows] == [
        (f"{at:%Y-%m-%d}", share),
        (f"{later:%Y-%m-%d}", share),
    ]
    assert "占比" in saved.names("share")
    assert saved.looks("没有") == []


def test_words_near_a_keyword_come_with_evidence(engine: Engine) -> None:
    found = expand(engine.snapshot(), "咖啡", 60)
    by = {relation: [n for n in found if n.relation == relation] for relation in
          ("longtail", "related", "angle")}  # fmt: skip
    assert all("咖啡" in near.keyword for near in by["longtail"])
    assert not [near for near in by["related"] if "咖啡" in near.keyword]
    assert {"手冲咖啡", "挂耳咖啡"} <= {near.keyword for near in by["longtail"]}
    assert by["related"]
    assert by["angle"]
    assert expand(engine.snapshot(), "没有这个词呀呀", 30) == []


def test_a_draft_is_read_with_the_library_as_its_collection(engine: Engine) -> None:
    found = engine.extract(Note("d", title="敏感肌面霜怎么选", body="屏障修护，换季泛红"), 5)
    assert found[0].keyword in ("敏感肌面霜", "敏感肌")


def test_proposals_can_be_refused_for_good(engine: Engine) -> None:
    first = engine.propose(5)[0].phrase
    engine.saved.refuse(first)
    assert first not in [new.phrase for new in engine.propose(50)]


def test_tables_open_in_excel_with_numbers_as_numbers(
    answer: KeywordAnswer, tmp_path: Path
) -> None:
    path = tmp_path / "set.xlsx"
    assert answer.table().write(path) == 30
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    head = [cell.value for cell in sheet[1]]
    assert head == list(columns(KeywordRow))
    values = {name: cell.value for name, cell in zip(head, sheet[2], strict=True)}
    assert isinstance(values["weight"], float)
    assert isinstance(values["supply"], int)
    text = tmp_path / "set.csv"
    answer.table().write(text)
    assert text.read_bytes().startswith(b"\xef\xbb\xbfkeyword,")
    assert [line.keyword for line in read_keywords(text)] == [
        keyword.keyword for keyword in answer.set.keywords
    ]
    with pytest.raises(BadOption, match="xlsx"):
        answer.table().write(tmp_path / "set.doc")


def test_a_notebook_sees_a_table(answer: KeywordAnswer) -> None:
    page = answer._repr_html_()
    assert page.startswith("<table>")
    assert answer.set.keywords[0].keyword in page
