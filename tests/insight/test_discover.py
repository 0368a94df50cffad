"""New words: what comes together and nowhere apart, with evidence, without parts of more."""

from __future__ import annotations

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
