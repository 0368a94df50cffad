"""The parts of a phrase's score: which there are, how much each is, what each counts."""

from __future__ import annotations

from math import exp, log

import pytest

from engine.insight.candidates import Text
from engine.insight.extract import Extractor, Phrase
from tests.insight.library import reader

EXTRACTOR = Extractor(reader())
TITLE, OPENING, EDGES, LISTED = ("title", 1.0, 1.3), 1.8, 0.55, ("lexicon", 1.0, 1.8)
ONE, TWO, FOUR_WORDS = ("one word", 1.0, 1.3), ("two words", 1.0, 0.5), ("four words", 1.0, -1.0)
BRIEF, FOUR, FIVE = ("2 characters", 1.0, -0.7), ("4 characters", 1.0, 0.9), (
    "5, 6 characters", 1.0, 0.5,
)  # fmt: skip
LATIN, VERB = ("latin", 1.0, -0.6), ("verb", 1.0, -1.0)


def phrases(title: str, body: str, *tags: str, seen: int = 1) -> dict[str, Phrase]:
    found = EXTRACTOR.extract([Text(title, body, tags)], 40, lambda key: seen)[0]
    return {phrase.keyword: phrase for phrase in found}


def parts(phrase: Phrase) -> list[tuple[str, float, float]]:
    """Without where it stands and how rare its words are in general Chinese."""
    return [part for part in phrase.parts if part[0] not in ("opening", "rare")]


@pytest.mark.parametrize(
    ("keyword", "expected"),
    [
        ("粉底液", [("edges", 0.5, EDGES), LISTED, ONE]),
        ("熬夜", [("edges", 1.0, EDGES), LISTED, ONE, BRIEF]),
        ("通勤", [LISTED, ONE, BRIEF]),
        ("早八通勤", [("edges", 0.5, EDGES), TWO, FOUR]),
        ("通勤面霜", [TWO, FOUR]),
        ("面霜", [("times", pytest.approx(log(2)), 1.0), ("edges", 0.25, EDGES), LISTED, ONE,
                BRIEF]),
        ("早八通勤面霜", [("edges", 0.5, EDGES), FIVE]),
        ("早八通勤面霜精华", [("edges", 1.0, EDGES), FOUR_WORDS]),
        ("粉底液质地", [("edges", 1.0, EDGES), TWO, FIVE]),
        ("hello", [("edges", 0.5, EDGES), ONE, FIVE, LATIN]),
        ("SPF50", [("edges", 1.0, EDGES), ONE, FIVE, ("digits", 1.0, -1.3), LATIN]),
        ("hello world", [("edges", 1.0, EDGES), TWO, ("over 8 characters", 1.0, -0.5), LATIN]),
        ("漂亮", [("edges", 1.0, EDGES), ONE, BRIEF, VERB, ("adjective", 1.0, -0.65)]),
    ],
)  # fmt: skip
def test_each_part_is_there_when_the_page_shows_it(
    keyword: str, expected: list[tuple[str, float, float]]
) -> None:
    body = "熬夜，漂亮，SPF50，早八通勤面霜精华，面霜测评，hello world，粉底液质地超级好"
    assert parts(phrases("", body)[keyword]) == expected


def test_where_it_stands_first_fades_over_fifty_characters() -> None:
    def opening(title: str, body: str) -> float:
        values = {name: value for name, value, _ in phrases(title, body)["面霜"].parts}
        return values["opening"]

    assert opening("", "面霜") == 1.0
    assert opening("", "好，" * 25 + "面霜") == pytest.approx(exp(-1))
    assert opening("面霜", "好，" * 25 + "面霜") == 1.0
    assert opening("", "好，" * 25 + "面霜，面霜") == pytest.approx(exp(-1))


def test_times_count_up_to_five_and_notes_up_to_eight() -> None:
    def value(name: str, times: int, seen: int) -> float:
        (phrase,) = phrases("", "面霜，" * times, seen=seen).values()
        return {part: value for part, value, _ in phrase.parts}.get(name, 0.0)

    assert [value("times", n, 1) for n in (1, 2, 5, 6)] == pytest.approx(
        [0, log(2), log(5), log(5)]
    )
    assert [value("seen", 1, n) for n in (0, 1, 7, 8, 99)] == pytest.approx(
        [0, 0, log(7), log(8), log(8)]
    )
    (phrase,) = phrases("", "面霜", seen=2).values()
    assert ("seen", pytest.approx(log(2)), 0.4) in phrase.parts
    assert ("opening", 1.0, OPENING) in phrase.parts


def test_a_title_and_a_tag_count_for_themselves() -> None:
    assert TITLE in phrases("面霜", "")["面霜"].parts
    assert TITLE not in phrases("", "面霜")["面霜"].parts
    assert ("tag", 1.0, 1.5) in phrases("面霜", "", "面霜")["面霜"].parts
    only = phrases("面霜", "", "露营咖啡")["露营咖啡"]
    assert ("tag", 1.0, 1.5) in only.parts
    assert {name: v for name, v, _ in only.parts}["opening"] == pytest.approx(exp(-20))


def test_how_rare_its_words_are_counts_a_quarter_beyond_nine() -> None:
    """Unlisted in general Chinese: 11; jieba lists 面霜 with 11.19; more words have their mean."""

    def rare(keyword: str, text: str) -> tuple[float, float]:
        (found,) = [p[1:] for p in phrases("", text)[keyword].parts if p[0] == "rare"]
        return found

    assert rare("早八", "早八") == (2.0, 0.25)
    assert rare("早八面霜", "早八面霜")[0] == pytest.approx((11 + 11.1926274509) / 2 - 9)


def test_a_word_that_only_stands_inside_a_fixed_phrase_gives_way_to_it() -> None:
    fixed = phrases("", "早八面霜用，早八面霜用，通勤")
    assert "早八面霜" in fixed
    assert "早八" not in fixed
    free = phrases("", "早八面霜用，早八精华用，早八")
    assert "早八" in free


def test_a_fragment_of_the_other_texts_phrases_counts_less() -> None:
    texts = [Text("", "早八面霜"), Text("", "早八面霜"), Text("", "早八面霜，面霜")]
    found = {p.keyword: {n: (v, w) for n, v, w in p.parts} for p in EXTRACTOR.extract(texts, 9)[0]}
    assert found["早八"]["fragment"] == (pytest.approx(3 / 3 - 0.6), -1.0)  # always before 面霜
    assert found["面霜"]["fragment"] == (pytest.approx(3 / 4 - 0.6), -1.0)  # 3 of 4 behind 早八
    assert "fragment" not in found["早八面霜"]
    assert found["早八"]["seen"] == (pytest.approx(log(3)), 0.4)


def test_exactly_so_many_phrases_come_and_no_fragment_of_a_better_one() -> None:
    text = Text("敏感肌面霜", "敏感肌面霜，精华，防晒，口红")
    for most in (1, 2, 3):
        assert len(EXTRACTOR.extract([text], most)[0]) == most


def test_a_phrase_of_words_with_the_same_word_beside_it_each_time_counts_less() -> None:
    """With handmade it would be thirteen characters: too long for a keyword of its own."""
    fixed = phrases("", "敏感肌面霜handmade，敏感肌面霜handmade")["敏感肌面霜"]
    assert ("part of more", 1.0, -0.8) in fixed.parts
    free = phrases("", "敏感肌面霜handmade，敏感肌面霜")["敏感肌面霜"]
    assert "part of more" not in {name for name, _, _ in free.parts}
