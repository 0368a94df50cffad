"""A draft's place is the place that the note takes when it is really imported."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.engine import Engine
from engine.errors import BadFile
from engine.formats.keywords import KeywordLine
from engine.ingest.draft_files import draft_of
from engine.insight.drafts import Drafts
from engine.model import CHINA, Captured, Count, Counts, Note

NOW = datetime(2026, 10, 31, tzinfo=CHINA)
WORDS = (
    "面霜", "敏感肌", "油皮", "粉底液", "防晒", "测评", "平替", "SK2", "神仙水", "早C晚A", "控油",
    "换季", "通勤", "学生党", "精华", "好物", "分享", "真的", "推荐", "洗面奶",
)  # fmt: skip
RULES = """name = "tight"
version = 1
[bm25]
k1 = 1.2
b = 0.6
[boosts]
title = 2.5
tags = 1.5
body = 1.0
[rules.engagement]
weight = 0.5
[rules.freshness]
weight = 0.4
half_life_days = 20
[page]
window = 12
same_author = 1
"""


class Maker:
    """Random notes that share words, authors, counts and sometimes their whole text."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def note(self, note_id: str, known: list[Note] | None = None) -> Note:
        r = self.random
        if known and r.random() < 0.2:
            copied = r.choice(known)
            return replace(self._counted(copied), note_id=note_id)
        return self._counted(
            Note(
                note_id,
                title="".join(r.choices(WORDS, k=r.randint(0, 4))),
                body="，".join("".join(r.choices(WORDS, k=4)) for _ in range(r.randint(0, 7)))
                or "好",
                tags=tuple(r.sample(WORDS, r.randint(0, 4))),
            )
        )

    def keywords(self, count: int) -> list[str]:
        pairs = ("".join(self.random.sample(WORDS, self.random.randint(1, 2))) for _ in range(99))
        return list(dict.fromkeys(pairs))[:count]

    def _counted(self, note: Note) -> Note:
        r = self.random

        def count() -> Count | None:
            return None if r.random() < 0.2 else Count(r.choice([0, 3, 50, 900]))

        return replace(
            note,
            author=r.choice(["", "a" * 16, "b" * 16, "c" * 16]),
            kind=r.choice(["image", "video", ""]),
            counts=Counts(count(), count(), count(), count()),
            published_at=None
            if r.random() < 0.2
            else NOW - timedelta(days=r.randint(0, 90), hours=r.randint(0, 5)),
        )


def library(folder: Path, rules: str | None, notes: list[Note]) -> Engine:
    engine = Engine.open(folder, rules, create=True)
    engine.import_rows("made", (Captured(n, note) for n, note in enumerate(notes, 1)), NOW)
    return engine


@pytest.mark.parametrize("seed", range(24))
def test_the_place_given_is_the_place_taken(tmp_path: Path, seed: int) -> None:
    maker = Maker(seed)
    (tmp_path / "tight.toml").write_text(RULES, "utf-8")
    rules = (None, "relevance", "ces", str(tmp_path / "tight.toml"))[seed % 4]
    notes = [maker.note(f"n{number:02d}") for number in range(maker.random.randint(1, 45))]
    notes += [maker.note(f"m{number}", notes) for number in range(6)]
    with library(tmp_path / "library", rules, notes) as engine:
        for number in range(6):
            words = maker.keywords(9)
            name = maker.random.choice([f"a{number}", f"n0{number}x", f"z{number}"])
            if number == 5:
                name = notes[0].note_id  # a new text of a note that is there
            drafts = engine.drafts(NOW)
            draft = drafts.fresh(maker.note(name, notes))
            files = sorted(path.name for path in engine.library.index.iterdir())
            answer = drafts.rank(draft, [KeywordLine(word) for word in words])
            assert sorted(path.name for path in engine.library.index.iterdir()) == files
            engine.import_rows("draft", [Captured(1, draft)], NOW)
            searcher = engine.snapshot(NOW).searcher
            for placed in answer.placed:
                ids = searcher.ids(placed.keyword, 1_000)
                place = ids.index(name) + 1 if name in ids else None
                assert (placed.position, placed.of) == (place, len(ids)), placed.keyword
                if place:
                    assert placed.displaces == (ids[place] if place < len(ids) else None)
                    assert placed.above == (ids[place - 2] if place > 1 else None)
            if number == 5:
                break
            engine.delete(name)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    maker = Maker(99)
    notes = [maker.note(f"n{number:03d}") for number in range(120)]
    days = (NOW - timedelta(days=n % 40, hours=3) for n in range(120))
    notes = [
        replace(note, published_at=day, captured_at=NOW, counts=Counts(Count(n), Count(2 * n)))
        for n, (note, day) in enumerate(zip(notes, days, strict=True))
    ]
    with library(tmp_path_factory.mktemp("drafts") / "library", None, notes) as engine:
        yield engine


@pytest.fixture
def drafts(engine: Engine) -> Drafts:
    return engine.drafts(NOW)


LINES = [KeywordLine("油皮粉底液", 3.0), KeywordLine("敏感肌面霜", 2.0), KeywordLine("通勤", 1.0)]
DRAFT = draft_of("# 换季好物分享\n最近换季，粉底液换了三支。\n晚上用面霜。\n#分享 #好物 #日常")


def test_scenarios_move_a_draft_as_its_counts_would(engine: Engine, drafts: Drafts) -> None:
    answer = drafts.rank(DRAFT, LINES)
    known = {one.name: one for one in answer.scenarios if one.counts}
    assert {"day 7 low", "day 7 median", "day 7 high", "day 30 median"} <= known.keys()
    scenario = known["day 30 high"]
    likes, collects, comments, shares = scenario.counts or (None,) * 4
    assert (comments, shares) == (None, None)
    stated = replace(
        drafts.fresh(DRAFT),
        counts=Counts(Count(likes or 0), Count(collects or 0)),
        published_at=NOW - timedelta(days=30),
    )
    other = drafts.rank(stated, LINES)
    for one, two in zip(answer.placed, other.placed, strict=True):
        assert one.places["day 30 high"] == two.position
        held = [place for place in one.places.values() if place is not None]
        assert (one.low, one.high) == (min(held, default=None), max(held, default=None))
    assert len({one.places["day 30 high"] for one in answer.placed}) > 1


def test_an_unknown_tier_of_author_is_unknown(drafts: Drafts) -> None:
    answer = drafts.rank(replace(DRAFT, fans=Count(5_000)), LINES)
    assert {one.tier for one in answer.scenarios} == {"1k to 10k"}
    assert not any(one.counts for one in answer.scenarios)
    assert answer.range == (answer.attention, answer.attention)


def test_promised_gains_are_what_a_new_ranking_gives(drafts: Drafts) -> None:
    before = drafts.rank(DRAFT, LINES)
    edits = [edit for edit in drafts.advise(DRAFT, LINES, 3) if edit.field != "split"]
    assert len(edits) == 3
    held = before.attention
    for edit in edits:
        after = drafts.rank(edit.draft, LINES)
        assert after.attention == pytest.approx(held + edit.gain, abs=1e-12)
        places = {one.keyword: one.position for one in after.placed}
        assert all(places[word] == place for word, _, place in edit.moves)
        held = after.attention
    assert held > before.attention


def test_edits_name_no_brand_or_ingredient_that_the_draft_does_not_speak_of(
    drafts: Drafts,
) -> None:
    lines = [
        KeywordLine("SK2", 5.0),
        KeywordLine("神仙水", 5.0),
        KeywordLine("早C晚A", 5.0),
        *LINES,
    ]
    edits = drafts.advise(DRAFT, lines, 5)
    assert edits
    for edit in edits:
        text = f"{edit.draft.title}{edit.draft.body}{edit.draft.tags}"
        assert not any(word in text for word in ("SK2", "神仙水", "早C晚A"))


def test_parts_beside_the_note_above_add_up_to_both_scores(drafts: Drafts) -> None:
    mine, above = drafts.beside(DRAFT, "敏感肌面霜")
    assert above is not None
    scores = []
    for terms, factors in (mine, above):
        score = sum(one.value for one in terms)
        for _, factor in factors:
            score *= factor
        scores.append(score)
    assert scores[0] <= scores[1]
    assert {name for name, _ in mine[1]} == {"engagement", "freshness"}


def test_first_mentions_weigh_most(drafts: Drafts) -> None:
    one, two, three = drafts.rank(DRAFT, LINES).saturation
    assert 0 < one < two < three < 1
    assert one > two - one > three - two


def test_a_draft_of_two_intents_may_be_better_as_two(drafts: Drafts) -> None:
    lines = [
        KeywordLine("油皮粉底液", 1.0),
        KeywordLine("粉底液测评", 1.0),
        KeywordLine("面霜", 1.0),
    ]
    draft = draft_of("# 换季分享\n粉底液测评，三支一起比。\n晚上用面霜，敏感肌也行。\n#面霜 #测评")
    found = drafts.advise(draft, lines, 1)
    split = [edit for edit in found if edit.field == "split"]
    for edit in split:
        assert " / " in edit.after
        assert edit.gain > 0


def test_markdown_and_json_are_read() -> None:
    note = draft_of("# 早C晚A\n白天VC，晚上A醇。 #护肤[话题]# #成分党\n\n## 小标题\n完")
    assert (note.title, note.tags) == ("早C晚A", ("护肤", "成分党"))
    assert note.body == "白天VC，晚上A醇。\n\n## 小标题\n完"
    told = draft_of(
        '{"title": "早C晚A", "text": "好", "likes": "1.2万", "published_at": "2026-10-01"}'
    )
    assert told.counts.likes == Count(12_000, precision=500)
    assert told.published_at == datetime(2026, 10, 1, tzinfo=CHINA)
    assert draft_of("# 早C晚A\n好").note_id == draft_of("# 早C晚A\n好").note_id


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no text"),
        ('{"title": "好", "like": 3}', "unknown key 'like'"),
        ('{"title": "好", "likes": "many"}', "likes: 'many' is not a count"),
        ('{"title": ', "draft"),
    ],
)
def test_what_is_no_draft_is_refused_with_the_place(text: str, told: str) -> None:
    with pytest.raises(BadFile, match=told):
        draft_of(text)
