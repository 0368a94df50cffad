"""Portrait files: read, written back, refused with line and cure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import sample
from engine.errors import BadPortrait
from engine.insight import portrait

FILES = sorted((sample.CORPUS / "portraits").glob("*.toml"))
SIX = ("Z世代", "新锐白领", "都市潮人", "单身贵族", "精致妈妈", "享乐一族")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_sample_portraits_are_read_and_written_back(path: Path) -> None:
    found = portrait.read(path)
    assert found.search_traits()
    assert portrait.from_table(found.table()) == found
    assert portrait.parse(json.dumps(found.table(), ensure_ascii=False), "p.json") == found


def test_the_six_groups_and_lifestyles_are_presets() -> None:
    assert set(SIX) < set(portrait.presets())
    for name in portrait.presets():
        assert portrait.preset(name).search_traits()


def test_a_file_comes_on_top_of_its_presets() -> None:
    text = 'name = "我们"\npreset = ["Z世代", "咖啡日常"]\n[who]\nage = [19, 20]\n'
    text += '[what]\ninterests = ["冷萃"]\n'
    found = portrait.parse(text, "p.toml")
    assert found.age == (19, 20)
    assert found.interests[0] == "冷萃"
    assert {"奶茶", "手冲咖啡"} < set(found.interests)


def test_interests_weigh_most_and_a_word_counts_once() -> None:
    text = 'name = "a"\n[who]\ntraits = ["油皮"]\n[what]\ninterests = ["油皮", "防晒"]\n'
    asked = portrait.parse(text, "p").search_traits()
    assert [(t.part, t.word) for t in asked] == [
        ("what.interests", "油皮"),
        ("what.interests", "防晒"),
    ]


@pytest.mark.parametrize(
    ("text", "place", "cure"),
    [
        ('name = "a"\n[who]\ntraits = "油皮"\n', "line 3: traits is no list", 'traits = ["…"'),
        ('name = "a"\n[who]\nage = [40, 20]\n', "line 3: nobody is 40 to 20", "[25, 30]"),
        ('name = "a"\n[who]\nage = ["20", 30]\n', "line 3: age", "[25, 30]"),
        ('name = "a"\n[wo]\ntraits = ["油皮"]\n', "line 2: 'wo'", "use who, why"),
        ('name = "a"\n[who]\ntrait = ["油皮"]\n', "line 3: 'trait'", "traits"),
        ('name = "a"\npreset = "没有"\n', "line 2: no preset '没有'", "Z世代"),
        ('[who]\ntraits = ["油皮"]\n', "no name", "1 to 60"),
        ('name = "a"\n', "nothing to look for", "interests"),
        ('name = "a"\n[who\n', "line 2", "write lines"),
        ('{"name": "a", "who": {"traits": [1]}}', "traits is no list", "write"),
        ('{"name": "a",', "line 1", "JSON"),
        ("[1]", "", ""),
        ("[" * 50_000, "", ""),
        ('name = "a"\n[what]\ninterests = ["' + "长" * 41 + '"]\n', "too long", "40"),
    ],
)
def test_a_refusal_names_line_and_cure(text: str, place: str, cure: str) -> None:
    with pytest.raises(BadPortrait) as refused:
        portrait.parse(text, "p.toml")
    assert place in refused.value.problem
    assert cure in refused.value.cure


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadPortrait, match="UTF-8"):
        portrait.read(path)


def test_each_limit_holds_up_to_itself() -> None:
    def read(**table: object) -> portrait.Portrait:
        return portrait.from_table({"name": "a", "what": {"interests": ["面霜"]}, **table})

    assert read(name="长" * 60).name == "长" * 60
    assert read(who={"age": [0, 120], "gender": " 女 "}).age == (0, 120)
    assert read(who={"age": [25, 25]}).age == (25, 25)
    assert read(who={"gender": " 女 "}).gender == "女"
    assert read(how={"budget": "长" * 500}).budget == "长" * 500
    assert len(read(who={"traits": [f"词{n}" for n in range(100)]}).traits) == 100
    assert read(who={"traits": ["长" * 40, " ", "油皮", "油皮"]}).traits == ("长" * 40, "油皮")
    assert read(evidence={"comments": ["长" * 500]}).comments == ("长" * 500,)
    refused: tuple[dict[str, object], ...] = (
        {"name": "长" * 61}, {"name": " "}, {"name": 1}, {"who": {"age": [0, 121]}},
        {"who": {"age": [-1, 20]}}, {"who": {"age": [26, 25]}}, {"who": {"age": [25]}},
        {"who": {"age": [True, 25]}}, {"who": {"gender": "长" * 501}}, {"who": {"gender": 1}},
        {"who": {"traits": [f"词{n}" for n in range(101)]}}, {"who": {"traits": ["长" * 41]}},
        {"evidence": {"comments": ["长" * 501]}}, {"who": []},
    )  # fmt: skip
    for wrong in refused:
        with pytest.raises(BadPortrait):
            read(**wrong)


def test_words_are_asked_heaviest_part_first_with_their_weights() -> None:
    person = portrait.Portrait("p", traits=("a",), goals=("b",), moments=("c",), places=("d", "a"),
                               interests=("e",))  # fmt: skip
    assert [(one.part, one.word, one.weight) for one in person.search_traits()] == [
        ("what.interests", "e", 3.0), ("who.traits", "a", 2.0), ("why.goals", "b", 2.0),
        ("when.moments", "c", 1.0), ("where.places", "d", 0.5),
    ]  # fmt: skip


def test_a_table_leaves_out_what_is_empty() -> None:
    person = portrait.Portrait("p", age=(18, 24), traits=("a",), budget="百元")
    assert person.table() == {
        "name": "p", "who": {"age": [18, 24], "traits": ["a"]}, "how": {"budget": "百元"},
    }  # fmt: skip
