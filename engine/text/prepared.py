"""A lexicon as the compiled pass needs it: jieba with its words, and its phrases as a trie.

Kept in the user's cache by the segmenter's fingerprint, so that a command does not make it anew.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels import cache_folder
from engine.text import passes
from engine.text.cut import Tokenizer, analysis, dictionary, trie
from engine.text.cut.cutting import Lexis
from engine.text.cut.trie import Trie
from engine.text.lexicon import Lexicon
from engine.text.normalise import fold_key

_HAN_PAIR = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2}")
_MOST_FILES = 8  # of a megabyte each: one for each state of a lexicon


class Prepared(NamedTuple):
    """What decides how a text is cut."""

    lexis: Lexis
    phrases: analysis.Phrases


def load(lexicon: Lexicon, fingerprint: str) -> Prepared:
    """From the cache, else made and kept there."""
    path = cache_folder() / f"lexicon-{fingerprint}.npz"
    pairs = _pairs(lexicon)
    tokenizer = Tokenizer()
    with contextlib.suppress(*dictionary.UNREADABLE):
        part = dictionary.kept(path)
        _add(tokenizer, pairs, part["frequencies"])
        words = Trie(part["edges"], part["roots"], part["sieve"], part["size"])
        return Prepared(tokenizer.lexis, analysis.Phrases(words, part["whole"]))
    frequencies = _frequencies(tokenizer, pairs)
    phrases = _automaton(_protected(lexicon))
    dictionary.keep(path, frequencies=frequencies, whole=phrases.whole, **phrases.trie._asdict())
    _forget_old()
    return Prepared(tokenizer.lexis, phrases)


def _frequencies(tokenizer: Tokenizer, words: Sequence[str]) -> npt.NDArray[np.int64]:
    """Make words just likely enough to stay whole alone; the frequency of each, 0 as it is."""
    spans = passes.rows(tokenizer.lexis, _automaton(()), words, analysis.PLAIN)
    frequencies = np.zeros(len(words), np.int64)
    for row in np.flatnonzero(np.diff(spans.bounds) != 1).tolist():
        frequencies[row] = tokenizer.suggest_freq(words[row])
        tokenizer.add_word(words[row], int(frequencies[row]))
    return frequencies


def _add(tokenizer: Tokenizer, words: Sequence[str], frequencies: npt.NDArray[np.int64]) -> None:
    for word, frequency in zip(words, frequencies.tolist(), strict=True):
        if frequency:
            tokenizer.add_word(word, frequency)


def _automaton(phrases: Sequence[str]) -> analysis.Phrases:
    made = trie.empty(sum(map(len, phrases)))
    nodes = trie.insert_all(made, phrases)
    whole = np.zeros(int(made.size[0]), np.uint8)
    whole[nodes] = 1
    return analysis.Phrases(made, whole)


def _protected(lexicon: Lexicon) -> list[str]:
    """Phrases to cut before jieba: all but built-in pairs of Han characters.

    A word of the user's own lexicon is always protected: adding it must have an effect.
    """
    pairs = set(_pairs(lexicon))
    return sorted({fold_key(e.phrase) for term, e in lexicon.entries.items() if term not in pairs})


def _pairs(lexicon: Lexicon) -> list[str]:
    """Built-in pairs: jieba gets them as words, since cut blindly 显瘦 would break 明显|瘦了."""
    return [t for t, e in lexicon.entries.items() if _HAN_PAIR.fullmatch(t) and not e.user_defined]


def _forget_old() -> None:
    """Keep the files of the latest lexicons only."""
    with contextlib.suppress(OSError):
        files = sorted(cache_folder().glob("lexicon-*.npz"), key=lambda path: path.stat().st_mtime)
        for path in files[:-_MOST_FILES]:
            path.unlink(missing_ok=True)
