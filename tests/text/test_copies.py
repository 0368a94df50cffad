"""Sketches find near-copies; spans find terms in the original."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from engine.text.sketch import NEAR, likeness, sketch
from engine.text.spans import spans

TEXT = (
    "外油内干，鼻翼一到下午两点就开始反光，坐标广州，夏天体感四十度，用到空瓶才敢写这一篇长长的总结"
)


def changed(text: str, edits: int, chance: random.Random) -> str:
    letters = list(text)
    for place in chance.sample(range(len(letters)), edits):
        letters[place] = chance.choice("一二三四五六七八九十")
    return "".join(letters)


def test_copies_with_small_changes_share_a_key() -> None:
    chance = random.Random(1)
    long = TEXT * 3
    others = [changed(long, 3, chance) for _ in range(100)]
    near = [other for other in others if likeness(long, other) >= NEAR]
    found = sum(bool(set(sketch(long)) & set(sketch(other))) for other in near)
    assert len(near) > 50
    assert found >= 0.95 * len(near)


def test_different_texts_rarely_share_a_key() -> None:
    chance = random.Random(2)
    texts = [
        "".join(chance.choices("面霜防晒油皮敏感肌推荐好用真的不行买了三瓶", k=120))
        for _ in range(200)
    ]
    keys = [set(sketch(text)) for text in texts]
    assert sum(bool(keys[0] & other) for other in keys[1:]) == 0


def test_mark_up_and_width_do_not_make_a_copy_differ() -> None:
    assert sketch(TEXT) == sketch("[笑哭R]" + TEXT.replace("，", "！ ") + "🌟")
    assert likeness(TEXT, TEXT.replace("，", "。")) == 1.0


def test_short_texts_have_no_sketch() -> None:
    assert sketch("好用") == ()
    assert likeness("", "") == 0.0


def test_sketches_are_the_same_in_every_process() -> None:
    code = f"from engine.text.sketch import sketch; print(sketch({TEXT!r}))"
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1"},
        )
        assert run.stdout.strip() == str(sketch(TEXT))


@pytest.mark.parametrize(
    ("text", "terms", "marked"),
    [
        ("敏感肌面霜", ["敏感肌", "面霜"], ["敏感肌面霜"]),
        ("防曬霜很好，防曬", ["防晒"], ["防曬", "防曬"]),
        ("㎡以内的ＳＫ-II", ["sk-ii"], ["ＳＫ-II"]),
        ("13ce不是3CE", ["3ce"], ["3CE"]),
        ("Louis  Vuitton", ["louis_vuitton"], ["Louis  Vuitton"]),
        ("没有", ["面霜"], []),
        ("a.b", ["a.b"], ["a.b"]),
        ("", ["面霜"], []),
        ("面霜", [], []),
    ],
)
def test_spans_are_of_the_original(text: str, terms: list[str], marked: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text, terms)] == marked
