"""The compiled twin of jieba: the same lists for every text and every own word."""

from __future__ import annotations

import contextlib
import copy
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from engine.text import lexicon
from engine.text.cut import Tokenizer, dictionary
from engine.text.cut.vocabulary import Vocabulary
from engine.text.normalise import blank_markup, fold
from engine.text.segment import Segmenter
from tests.benchmarks import material
from tests.text import oracle

TWIN = Tokenizer()
SEGMENTER = Segmenter(lexicon.load())
ORACLE = oracle.Segmenter(lexicon.load())
SPICE = [
    *["💄", "🫶🏻", "SK-II", "Type-C", "3.5%", "GPT-4o", "Wi-Fi6", "2.4km", "Node.js", "--", "…"],
    *["\r\n", " ", "#早C晚A#", "¥199", "yyds", "12:30", "AHC B5", "a.b.1.2%", "９９", "\u200b"],
]
ODD = st.one_of(
    st.text(max_size=40),
    st.text("的一是不了我他年大皮肤霜水乳abAB019.%-+#&_ \r\n\t,。龦\U00020000", max_size=60),
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=30),
    st.text("呵哈嘿啊--_.%%", max_size=40),
)


@cache
def sentences() -> list[str]:
    """Short texts of the sample notes."""
    found = []
    for note in material.corpus_notes():
        found += [note.title, *note.body.replace("！", "。").split("。")]
    return [text for text in found if text]


def social(count: int) -> Iterator[str]:
    dice = random.Random(3)
    for _ in range(count):
        yield "".join(dice.choice(sentences())[:30] + dice.choice(SPICE) for _ in range(3))


def shreds(count: int) -> Iterator[str]:
    """Characters of sentences in disorder: what only the HMM can join."""
    dice = random.Random(4)
    for _ in range(count):
        text = list(dice.choice(sentences()) + dice.choice(sentences()))
        dice.shuffle(text)
        yield "".join(text)


def judged(count: int) -> list[str]:
    """Encyclopaedic texts where the judged set is present, else the notes again."""
    _, corpus, _, _ = material.judged_set()
    found: list[str] = []
    for text in material.texts(corpus).values():
        found += text.split("，")
    return found[:count]


TIES = [
    "呵呵呵",
    "哈哈哈哈哈",
    "--",
    "-_-",
    "聯繫退貨遲遲不給辦理",
    "0.3%",
    "00am",
    "3.",
    "a.b1.5%",
    "的的的",
]


def kinds() -> dict[str, list[str]]:
    traditional = OpenCC("s2t")
    return {
        "notes": sentences(),
        "judged": judged(6000),
        "social": list(social(3000)),
        "traditional": [traditional.convert(text) for text in sentences()],
        "shreds": list(shreds(5000)),
        "ties": TIES,
    }


def test_twenty_thousand_texts_are_cut_as_jieba_cuts_them() -> None:
    jieba = oracle.tokenizer()
    texts = [text for kind in kinds().values() for text in kind]
    assert len(texts) >= 20_000
    cuts, searched = TWIN.cut_all(texts), TWIN.cut_all_for_search(texts)
    wrong = [
        text
        for text, cut, terms in zip(texts, cuts, searched, strict=True)
        if cut != list(jieba.cut(text)) or terms != list(jieba.cut_for_search(text))
    ]
    assert wrong == []


@settings(max_examples=600, deadline=None)
@given(ODD)
def test_odd_texts_are_cut_as_jieba_cuts_them(text: str) -> None:
    jieba = oracle.tokenizer()
    assert TWIN.cut(text) == list(jieba.cut(text))
    assert TWIN.cut(text, hmm=False) == list(jieba.cut(text, HMM=False))
    assert TWIN.cut_for_search(text) == list(jieba.cut_for_search(text))


WORDS = st.one_of(
    st.sampled_from(
        ["神仙水", "早C晚A", "sk-ii", "c++", "水光", "敏感肌面霜", "北京", "清华", "a b"]
    ),
    st.text("的皮肤霜水乳光abC1.-", min_size=1, max_size=5),
)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("add"), WORDS, st.none() | st.integers(0, 100_000)),
        st.tuples(st.just("delete"), WORDS, st.none()),
        st.tuples(st.just("tune"), WORDS, st.none()),
        st.tuples(st.just("split"), st.tuples(WORDS, WORDS), st.none()),
    ),
    min_size=1,
    max_size=6,
)


@contextlib.contextmanager
def own_jieba() -> Iterator[Any]:
    """A jieba of its own; words that it forces apart are global there, so they are put back."""
    from jieba import finalseg

    own = copy.copy(oracle.tokenizer())
    own.FREQ = dict(own.FREQ)
    forced = set(finalseg.Force_Split_Words)
    yield own
    finalseg.Force_Split_Words.clear()
    finalseg.Force_Split_Words.update(forced)


def change(tokenizer: Any, kind: str, word: Any, frequency: int | None) -> object:
    if kind == "add":
        return tokenizer.add_word(word, frequency)
    if kind == "delete":
        return tokenizer.del_word(word)
    return tokenizer.suggest_freq(word, kind == "tune" or len("".join(word)) % 2 == 0)


def check_own_words(jieba: Any, changes: list[Any], texts: list[str]) -> None:
    twin = Tokenizer()
    for kind, word, frequency in changes:
        assert change(twin, kind, word, frequency) == change(jieba, kind, word, frequency)
    words = [part for _, word, _ in changes for part in ([word] if isinstance(word, str) else word)]
    for text in [*texts, *words, "".join(words), f"我{'和'.join(words)}的水光肌"]:
        assert twin.cut(text) == list(jieba.cut(text))
        assert twin.cut(text, hmm=False) == list(jieba.cut(text, HMM=False))
        assert twin.cut_for_search(text) == list(jieba.cut_for_search(text))


@settings(max_examples=60, deadline=None)
@given(CHANGES, st.lists(ODD, max_size=3))
def test_any_own_words_change_the_cuts_as_they_change_jieba(
    changes: list[Any], texts: list[str]
) -> None:
    with own_jieba() as jieba:
        check_own_words(jieba, changes, texts)


def test_a_tokenizer_does_not_learn_the_words_of_another() -> None:
    one, other = Tokenizer(), Tokenizer()
    one.add_word("青苔拿铁")
    assert one.cut("青苔拿铁") == ["青苔拿铁"]
    assert other.cut("青苔拿铁") == TWIN.cut("青苔拿铁") != ["青苔拿铁"]


def test_a_whole_lexicon_of_own_words_is_cut_as_jieba_cuts_it() -> None:
    twin = Tokenizer()
    texts = list(social(400))
    with own_jieba() as jieba:
        for term in lexicon.load().entries:
            twin.add_word(term)
            jieba.add_word(term)
        assert twin.cut_all(texts) == [list(jieba.cut(text)) for text in texts]


def test_words_without_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one character"):
        Tokenizer().add_word("")
    with pytest.raises(ValueError, match="0 or more"):
        Tokenizer().add_word("面霜", -1)


def test_a_damaged_cache_is_made_anew(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    dictionary.load.cache_clear()
    try:
        made = dictionary.load()
        (path,) = (tmp_path / "noterank").glob("dictionary-*.npz")
        content = path.read_bytes()
        for damaged in (b"", content[: len(content) // 2], b"x" * 1000):
            path.write_bytes(damaged)
            dictionary.load.cache_clear()
            again = dictionary.load()
            assert (again.words.edges == made.words.edges).all()
            assert path.read_bytes() != damaged
    finally:
        dictionary.load.cache_clear()


# --- the whole pass ----------------------------------------------------------------------------


def rows(segmenter: Any, text: str) -> list[tuple[str, int, int, bool]]:
    return [(p.term, p.start, p.end, p.bigram) for p in segmenter.pieces(text)]


def test_notes_are_analysed_as_by_the_plain_reading() -> None:
    texts = [blank_markup(text) for text in [*social(1500), *judged(500)]]
    batch = SEGMENTER.batch(texts)
    vocabulary = SEGMENTER.vocabulary
    for number, text in enumerate(texts):
        folded = fold(text)
        wanted = rows(ORACLE, folded.text)
        assert rows(SEGMENTER, folded.text) == wanted
        assert SEGMENTER.words(folded.text) == ORACLE.words(folded.text)
        mine = slice(batch.offsets[number], batch.offsets[number + 1])
        assert [vocabulary[term] for term in batch.ids[mine]] == [row[0] for row in wanted]
        spans = zip(batch.starts[mine].tolist(), batch.ends[mine].tolist(), strict=True)
        assert list(spans) == [folded.span(start, end) for _, start, end, _ in wanted]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(ODD, st.sampled_from([*SPICE, "戴森卷发棒", "louis vuitton", "13ce"]))))
def test_odd_texts_are_analysed_as_by_the_plain_reading(parts: list[str]) -> None:
    text = fold("".join(parts)).text
    assert rows(SEGMENTER, text) == rows(ORACLE, text)
    assert SEGMENTER.words(text) == ORACLE.words(text)


def test_a_vocabulary_that_grows_keeps_its_numbers() -> None:
    from engine.text.cut import searching

    small, large = Vocabulary(2), Vocabulary(100_000)
    texts = sentences()[:2000]
    for vocabulary in (small, large):
        searching.numbers(TWIN.lexis, texts, vocabulary, grams=True)
    assert small.texts == large.texts
    assert len(set(small.texts)) == len(small.texts) > 1000
