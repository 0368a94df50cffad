"""Candidate phrases: which stretches, how often, beside what."""

from __future__ import annotations

from engine.insight.candidates import Candidate, Place, Text, candidates, neighbours
from tests.insight.library import reader


def found(title: str, body: str = "", *tags: str) -> dict[str, Candidate]:
    return candidates([Text(title, body, tags)], reader())[0]


def placed(*beside: tuple[str, str]) -> Candidate:
    places = [Place(False, at, left, right) for at, (left, right) in enumerate(beside)]
    return Candidate("霜", "霜", ("霜",), (3,), places)


def test_a_phrase_is_held_when_the_same_word_stands_beside_it_each_time() -> None:
    assert placed(("面", "a"), ("面", "b")).has_fixed_neighbour
    assert placed(("a", "用"), ("b", "用")).has_fixed_neighbour
    assert not placed(("a", "用"), ("b", "好")).has_fixed_neighbour
    assert not placed(("面", "")).has_fixed_neighbour  # once is no rule
    assert not placed(("", ""), ("", "")).has_fixed_neighbour  # a line's end is no word


def test_places_are_in_the_title_or_at_a_character_of_the_body() -> None:
    own = found("面霜", "精华，面霜，早八面霜")
    assert own["面霜"].places == [
        Place(True, 0, "", ""), Place(False, 3, "", ""), Place(False, 8, "早八", ""),
    ]  # fmt: skip
    assert own["早八面霜"].words == ("早八", "面霜")
    assert own["早八"].places == [Place(False, 6, "", "面霜")]


def test_no_phrase_is_longer_than_five_words_or_twelve_characters() -> None:
    own = found("", "面霜精华防晒口红眼影面膜")
    assert "面霜精华防晒口红眼影" in own
    assert "面霜精华防晒口红眼影面膜" not in own
    long = found("", "沐禾集沐禾集沐禾集沐禾集面霜")
    assert "沐禾集" * 4 in long
    assert "沐禾集" * 4 + "面霜" not in long


def test_a_tag_is_a_candidate_as_a_whole_and_figures_are_none() -> None:
    own = found("", "面霜", "面霜", "露营咖啡", "2026", "a")
    assert own["面霜"].tag
    assert own["面霜"].places
    assert own["露营咖啡"].tag
    assert own["露营咖啡"].places == []
    assert not {"2026", "a"} & own.keys()


def test_what_is_quoted_is_one_however_it_is_cut() -> None:
    own = found("", "说的是“科斯定理”，“2026”和“啊”")
    assert own["科斯定理"].places[0].start == 4
    assert "2026" not in own


def test_neighbours_count_the_commonest_word_beside_a_phrase() -> None:
    texts = [Text("", "早八面霜"), Text("", "早八面霜，面霜"), Text("", "通勤面霜，面霜精华")]
    counts = neighbours(candidates(texts, reader()))
    assert counts["面霜"] == (5, 2)  # twice behind 早八, once behind 通勤, once before 精华
    assert counts["早八"] == (2, 2)
    assert counts["通勤面霜"] == (1, 0)
