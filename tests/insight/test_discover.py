"""New words: what comes together and nowhere apart, with evidence, without parts of more."""

from __future__ import annotations

from math import log

import pytest

from engine.insight.candidates import Text
from engine.insight.discover import Discovery, NewWord
from tests.insight.library import reader

AROUND = ["早上", "通勤", "周末", "露营", "宿舍", "厨房", "冬天", "办公室", "海边", "健身房"]


def discovered(texts: list[Text], known: tuple[str, ...] = ()) -> list[NewWord]:
    discovery = Discovery(reader())
    half = len(texts) // 2
    ids = [f"n{number}" for number in range(len(texts))]
    discovery.take(ids[:half], texts[:half])
    discovery.take(ids[half:], texts[half:])
    return discovery.proposals(20, known)


def library(word: str, tagged: int = 0) -> list[Text]:
    return [
        Text(
            "",
            f"{around}用{word}看{AROUND[-at]}，{around}带{word}去{AROUND[at - 3]}",
            (word,) * (at < tagged),
        )
        for at, around in enumerate(AROUND)
    ]


def test_words_that_stand_together_are_proposed_with_their_evidence() -> None:
    (found,) = [new for new in discovered(library("桂花肥皂", tagged=3)) if "桂花" in new.phrase]
    assert found.phrase == "桂花肥皂"
    assert found.notes == 10
    assert found.tagged == 3
    assert found.npmi > 0.8
    assert found.entropy > 1.2
    assert len(found.cut) > 1
    assert found.example == "n0"


def test_what_the_lexicon_has_or_the_user_refused_is_not_proposed() -> None:
    assert not [new for new in discovered(library("神仙水")) if "神仙水" in new.phrase]
    assert not [n for n in discovered(library("桂花肥皂"), ("桂花肥皂",)) if "桂花" in n.phrase]


def test_a_fixed_neighbour_makes_no_word() -> None:
    texts = [Text("", f"{around}牛奶桂花肥皂冰块") for around in AROUND]
    assert not [new for new in discovered(texts) if new.phrase == "桂花肥皂"]


def test_platform_boilerplate_is_not_proposed() -> None:
    texts = [
        Text("", f"{around}，评论区见，{AROUND[-n]}看评论区") for n, around in enumerate(AROUND)
    ]
    assert not [new for new in discovered(texts) if "评论" in new.phrase]


def test_an_empty_library_proposes_nothing() -> None:
    assert Discovery(reader()).proposals(10) == []
    assert discovered([Text("", ""), Text("", "")]) == []


def beside(left: list[str], right: list[str], alone: str = "，桂花") -> list[Text]:
    return [Text("", f"{a}桂花肥皂{b}{alone}") for a, b in zip(left, right, strict=True)]


def soap(texts: list[Text]) -> NewWord | None:
    return next((new for new in discovered(texts) if new.phrase == "桂花肥皂"), None)


def test_attraction_and_entropy_by_hand() -> None:
    """Of 50 words 桂花 is 20, 肥皂 10, both together 10; ten words to the left, five to the right,
    each twice."""
    found = soap(beside(AROUND, AROUND[:5] * 2))
    assert found is not None
    assert found.npmi == pytest.approx(log((10 / 50) / (20 / 50 * 10 / 50)) / -log(10 / 50))
    assert found.entropy == pytest.approx(log(5))
    assert found.strength == pytest.approx(log(10) * found.npmi * log(5))
    assert (found.notes, found.tagged, found.cut) == (10, 0, ("桂花", "肥皂"))


def test_a_line_s_end_is_another_neighbour_each_time() -> None:
    found = soap(beside(AROUND, [""] * 10))
    assert found is not None
    assert found.entropy == pytest.approx(log(10))
    few = soap(beside(AROUND, ["早上"] * 8 + [""] * 2))
    assert few is None  # 0.8 ln(1/0.8) + 0.2 ln 10: too much the same word


def test_a_tag_counts_twice_in_the_queue() -> None:
    plain = beside(AROUND, AROUND[:5] * 2)
    tagged = [Text(text.title, text.body, ("桂花肥皂",) if n < 2 else ()) for n, text in
              enumerate(plain)]  # fmt: skip
    one, two = soap(plain), soap(tagged)
    assert one is not None
    assert two is not None
    assert (two.tagged, two.strength) == (2, pytest.approx(2 * one.strength))


def test_five_notes_are_enough_and_four_are_not() -> None:
    assert soap(beside(AROUND[:5], AROUND[5:])) is not None
    assert soap(beside(AROUND[:4], AROUND[6:])) is None


def test_words_that_meet_by_chance_are_no_word() -> None:
    """npmi falls to a third when 桂花 and 肥皂 are written apart more often than together."""
    assert soap(beside(AROUND, AROUND[:5] * 2, "，桂花，肥皂" * 4)) is None


def test_figures_and_a_stretch_within_a_proposal_are_left_out() -> None:
    texts = [Text("", f"{a}桂花2026{b}") for a, b in zip(AROUND, AROUND[::-1], strict=True)]
    assert not [new for new in discovered(texts) if "2026" in new.phrase]
    texts = [Text("", f"{a}桂花肥皂冰块{b}") for a, b in zip(AROUND, AROUND[3:] + AROUND[:3],
                                                          strict=True)]  # fmt: skip
    assert [new.phrase for new in discovered(texts) if "肥皂" in new.phrase] == ["桂花肥皂冰块"]


def test_no_proposal_is_longer_than_a_keyword() -> None:
    """屏障修护毛孔粗大红血丝 is eleven characters, with 黑眼圈 fourteen."""
    texts = [Text("", f"{a}屏障修护毛孔粗大红血丝黑眼圈{b}") for a, b in
             zip(AROUND, AROUND[3:] + AROUND[:3], strict=True)]  # fmt: skip
    assert all(len(new.phrase) <= 12 for new in discovered(texts))
    shorter = [Text("", text.body.replace("黑眼圈", "")) for text in texts]
    assert [new.phrase for new in discovered(shorter)] == ["屏障修护毛孔粗大红血丝"]


@pytest.mark.parametrize("stretch", ["霜桂花肥皂", "桂花肥皂全"])
def test_a_word_opens_and_closes_as_words_do(stretch: str) -> None:
    """霜 ends names and begins none, 全 begins them and ends none."""
    texts = [Text("", f"{a}，{stretch}，{b}{stretch}") for a, b in zip(AROUND, AROUND[3:] +
             AROUND[:3], strict=True)]  # fmt: skip
    assert stretch not in [new.phrase for new in discovered(texts)]
