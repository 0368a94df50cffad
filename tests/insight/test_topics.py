"""Phrases that share notes are one topic."""

from __future__ import annotations

from engine.insight.topics import topics

NOTES = [{"面霜": 1.0, "精华": 0.8}, {"面霜": 0.9, "精华": 1.0}, {"咖啡": 1.0, "手冲": 0.7},
         {"咖啡": 0.9, "手冲": 0.9}, {"咖啡": 1.0}]  # fmt: skip


def test_phrases_of_the_same_notes_stand_together() -> None:
    found = topics(NOTES, 2)
    assert found.of["面霜"] == found.of["精华"] != found.of["咖啡"] == found.of["手冲"]
    assert len(found.labels) == 2
    assert set(found.labels[found.of["咖啡"]][:2]) == {"咖啡", "手冲"}
    assert found.labels[found.of["咖啡"]][0] == "咖啡"  # the heaviest names it
    assert all(len(label) == 3 for label in found.labels)


def test_one_topic_or_nothing_needs_no_factors() -> None:
    assert topics(NOTES, 1).of == dict.fromkeys(("咖啡", "手冲", "精华", "面霜"), 0)
    assert topics(NOTES, 1).labels == [("咖啡", "手冲", "精华")]
    assert topics([{"面霜": 1.0}], 5).labels == [("面霜",)]
    assert topics([{}, {}], 5).labels == []
    assert topics([], 5).of == {}


def test_there_are_no_more_topics_than_phrases_or_notes() -> None:
    assert len(topics(NOTES, 9).labels) == 4
    assert len(topics(NOTES[:2], 9).labels) == 2


def test_a_phrase_that_weighs_more_decides() -> None:
    notes = [{"a": 1.0, "b": 0.1}, {"a": 1.0}, {"c": 1.0, "b": 1.0}, {"c": 1.0, "b": 1.0}]
    found = topics(notes, 2)
    assert found.of["b"] == found.of["c"] != found.of["a"]


def test_the_same_notes_give_the_same_topics() -> None:
    assert topics(NOTES, 3) == topics(NOTES, 3)
