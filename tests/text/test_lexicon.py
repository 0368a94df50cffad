"""The lexicon: files in, phrases and the ways between them out."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import BadLexicon
from engine.text import lexicon
from engine.text.lexicon import KINDS, as_term, load


def own(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


def test_the_built_in_lexicon_is_as_large_as_it_should_be() -> None:
    known = load()
    assert len(known.entries) >= 2000
    assert {entry.kind for entry in known.entries.values()} == set(KINDS)
    two_way = {id(terms) for terms in known.sets.values()}
    assert len(two_way) + len(known.onward) >= 250


@pytest.mark.parametrize("kind", KINDS)
def test_no_built_in_phrase_stands_twice(kind: str) -> None:
    seen: dict[str, str] = {}
    for other in KINDS:
        for number, phrase in lexicon.lines(lexicon.BUILT_IN / f"{other}.txt"):
            term = as_term(phrase)
            if other == kind:
                assert term not in seen, f"{other}.txt:{number} {phrase} is in {seen.get(term)}"
            seen[term] = f"{other}.txt:{number}"


def test_spellings_of_one_thing_find_each_other() -> None:
    aliases = {alias.term: alias for alias in load().aliases("sk2")}
    assert aliases["sk-ii"].same
    assert not aliases["神仙水"].same
    assert "SK-II" in aliases["sk-ii"].route


def test_one_way_words_do_not_lead_back() -> None:
    assert "sk-ii" not in {alias.term for alias in load().aliases("神仙水")}


def test_a_nickname_names_the_brand_that_makes_it() -> None:
    known = load()
    assert known.brand("神仙水") == "SK-II"
    assert known.brand("sk2") == "SK-II"
    assert known.brand("小棕瓶") == "雅诗兰黛"
    assert known.brand("面霜") == ""
    assert known.brand_named("ＳＫ２") == "SK-II"
    assert known.brand_named("没有这个牌子") == "没有这个牌子"


def test_a_librarys_own_words_come_on_top(tmp_path: Path) -> None:
    folder = own(
        tmp_path, product="\ufeff# 自己的词\n栖水霜\n", aliases="栖水霜 = 栖水面霜 = QS 霜\n"
    )
    known = load(folder)
    assert known.entries["栖水霜"].user_defined
    assert known.kind("qs_霜") == "product"
    assert known.same("栖水霜", "qs_霜")
    assert known.spelling("qs_霜") == "QS 霜"


def test_sets_that_share_a_member_become_one(tmp_path: Path) -> None:
    folder = own(tmp_path, aliases="甲一 = 甲二\n甲二 = 甲三\n")
    assert {alias.term for alias in load(folder).aliases("甲一")} == {"甲二", "甲三"}


def test_the_fingerprint_follows_content(tmp_path: Path) -> None:
    plain = load().fingerprint
    assert load().fingerprint == plain
    with_word = load(own(tmp_path, slang="绝绝仔\n")).fingerprint
    assert with_word != plain
    with_other = load(own(tmp_path, slang="绝绝仔\n", aliases="绝绝仔 => 好用\n")).fingerprint
    assert with_other not in (plain, with_word)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("aliases", "只有一个词\n", "aliases.txt:1"),
        ("aliases", "# 注释\n甲一 = \n", "aliases.txt:2"),
        ("slang", "好\n", "slang.txt:1"),
    ],
)
def test_a_line_that_does_not_parse_is_named(
    tmp_path: Path, name: str, text: str, complaint: str
) -> None:
    with pytest.raises(BadLexicon, match=complaint):
        load(own(tmp_path, **{name: text}))


def test_a_file_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "brand.txt").write_bytes("沐禾集".encode("gb18030"))
    with pytest.raises(BadLexicon, match=r"brand\.txt"):
        load(tmp_path)


def test_added_lines_stand_once(tmp_path: Path) -> None:
    lexicon.append(tmp_path, {"slang.txt": ["绝绝仔"]})
    lexicon.append(tmp_path, {"slang.txt": ["绝绝仔", "水灵灵"]})
    assert (tmp_path / "slang.txt").read_text("utf-8") == "绝绝仔\n水灵灵\n"


@pytest.mark.parametrize("phrase", ["好", "a=b", "a,b", "#x1", "a\nb", ""])
def test_a_phrase_that_no_line_can_hold_is_refused(phrase: str) -> None:
    with pytest.raises(BadLexicon, match="cannot be"):
        lexicon.check_phrases([phrase])
