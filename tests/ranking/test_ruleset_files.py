"""A rule set's file: what is wrong is named by file and key, whatever is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import BadRules
from engine.ranking.ruleset import DEFAULT, PRESETS, Engagement, Freshness, dump, load, presets

HEAD = 'name = "mine"\nversion = 1\n'


def refused(path: Path | str) -> str:
    with pytest.raises(BadRules) as refusal:
        load(path)
    assert refusal.value.cure
    return refusal.value.problem


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (HEAD + "[boosts]\ntitle = -1", "boosts.title is -1"),
        (HEAD + "[boosts]\nbody = 'x'", "boosts.body is 'x'"),
        (HEAD + "[boosts]\ntags = inf", "boosts.tags is inf"),
        (HEAD + "[boosts]\nk1 = 1", "unknown key boosts.k1"),
        (HEAD + "[bm25]\ntitle = 1", "unknown key bm25.title"),
        (HEAD + "[bm25]\nb = 1.01", "bm25.b is 1.01"),
        (HEAD + "[query]\nalias = -0.1", "query.alias is -0.1"),
        (HEAD + "[query]\nsynonym = 1", "unknown key query.synonym"),
        (HEAD + "[page]\nsame_author = 1.5", "page.same_author is 1.5"),
        (HEAD + "[page]\nwindow = true", "page.window is True"),
        (HEAD + "[page]\nscreen = 1", "unknown key page.screen"),
        (HEAD + "[rules.engagement]\nweight = 1\nfull = 0", "rules.engagement.full is 0"),
        (HEAD + "[rules.engagement]\nweight = 1\nfollows = 8", "unknown key rules.engagement."),
        (HEAD + "[rules.format]\nweight = -1", "rules.format.weight is -1"),
        (HEAD + "[rules]\nformat = 1", "rules.format has no weight"),
        (HEAD + "rules = []", "rules is no table"),
        ('name = "x"\nversion = true', "no name or version"),
        ('name = "x"\nversion = 1.0', "no name or version"),
        ("name = 3\nversion = 1", "no name or version"),
        ('name = "x"\nname = "y"', "overwrite"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_key(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    problem = refused(path)
    assert key in problem
    assert str(path) in problem


def test_a_folder_a_lost_file_and_an_impossible_path_are_refused(tmp_path: Path) -> None:
    assert "no rule set" in refused(tmp_path / "lost.toml")
    assert str(tmp_path) in refused(tmp_path)
    assert "null" in refused("mine\0.toml")


def test_a_file_that_is_no_utf8_is_refused_and_a_byte_order_mark_is_not(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes('name = "我的"\nversion = 1\n'.encode("gb18030"))
    assert str(path) in refused(path)
    path.write_bytes('name = "我的"\nversion = 1\n'.encode("utf-8-sig"))
    assert load(path).label == "我的@1"


def test_rules_stand_in_the_files_order_with_defaults_for_what_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + "[rules.freshness]\nweight = 1\n[rules.engagement]\nweight = 2", "utf-8")
    found = load(str(path))
    assert found.rules == (("freshness", Freshness(1)), ("engagement", Engagement(2)))
    assert found.scoring == load("relevance").scoring
    assert (found.query, found.page.same_author) == (load("relevance").query, 0)


def test_the_default_is_a_preset_and_every_preset_says_all_it_decides() -> None:
    assert DEFAULT in presets()
    for name in presets():
        text = (PRESETS / f"{name}.toml").read_text("utf-8")
        assert load(name).name == name
        for key in ("k1", "b", "title", "tags", "body", "alias", "onward", "bigram", "window"):
            assert f"\n{key} = " in text, (name, key)


def test_a_rule_set_is_written_as_it_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    for preset in presets():
        rules = replace(load(preset), name='夏 "平替" \\ 1')
        path.write_text(dump(rules, "fitted\nto pages"), "utf-8")
        assert path.read_text("utf-8").startswith("# fitted\n# to pages\nname = ")
        assert load(path) == rules
