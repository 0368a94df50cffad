"""Tokenizer: jieba's `Tokenizer` compiled, with its dictionary calls, for strings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.text.cut import cutting, dictionary, searching, trie
from engine.text.cut.cutting import Lexis, Scratch


class Tokenizer:
    """Words of a text exactly as jieba 0.42.1 gives them, HMM on unless told otherwise.

    Own words go in by `add_word`, out by `del_word`, as in jieba; each tokenizer has its own.
    """

    def __init__(self) -> None:
        known = dictionary.load()
        self._total = known.total
        self._shared = True  # the arrays are the cache's until the first change
        self._lexis = Lexis(
            known.words,
            known.logs,
            np.empty(0, np.uint8),  # no word is deleted
            math.log(known.total),
            known.model,
            known.classes,
            known.folding,
        )

    @property
    def lexis(self) -> Lexis:
        """The arrays that decide a cut, for the passes over whole batches."""
        return self._lexis

    def cut(self, text: str, hmm: bool = True) -> list[str]:
        """The words of a text, which joined give the text again."""
        ends = self._ends(trie.code_points(text), hmm).tolist()
        return [text[begin:end] for begin, end in pairwise([0, *ends])]

    def cut_for_search(self, text: str) -> list[str]:
        """The words of a text, each behind the shorter words of the dictionary inside it."""
        return self.cut_all_for_search([text])[0]

    def cut_all(self, texts: Sequence[str]) -> list[list[str]]:
        """`cut` for many texts in one call."""
        return searching.lists(self._lexis, texts, grams=False)

    def cut_all_for_search(self, texts: Sequence[str]) -> list[list[str]]:
        """`cut_for_search` for many texts in one call."""
        return searching.lists(self._lexis, texts, grams=True)

    def frequency(self, word: str) -> int:
        """jieba's `FREQ.get(word)`; 0 when it is no word."""
        node = self._node(word)
        return round(math.exp(self._lexis.logs[node])) if self._is_word(node) else 0

    def add_word(self, word: str, frequency: int | None = None) -> None:
        """Add a word, or set its frequency; by default just enough that it stays whole alone."""
        if not word:
            raise ValueError("a word has at least one character")
        count = self.suggest_freq(word) if frequency is None else int(frequency)
        if count < 0:
            raise ValueError(f"the frequency of {word} is {count}; give 0 or more")
        self._total += count
        node = self._insert(word)
        self._lexis.logs[node] = math.log(count) if count else dictionary.NO_WORD
        if not count:
            self._lexis.forced[node] = 1
        self._lexis = self._lexis._replace(log_total=math.log(self._total))

    def del_word(self, word: str) -> None:
        """Delete a word; from then on the HMM does not join it either."""
        self.add_word(word, 0)

    def suggest_freq(self, segment: str | Sequence[str], tune: bool = False) -> int:
        """The frequency that just joins a word, or just splits words that stand together."""
        total = float(self._total)
        chance: float = 1
        parts = self.cut(segment, hmm=False) if isinstance(segment, str) else list(segment)
        for part in parts:
            chance *= self._known(part, 1) / total
        word = "".join(parts)
        if isinstance(segment, str):
            count = max(int(chance * self._total) + 1, self._known(word, 1))
        else:
            count = min(int(chance * self._total), self._known(word, 0))
        if tune:
            self.add_word(word, count)
        return count

    def _known(self, word: str, otherwise: int) -> int:
        """jieba's `FREQ.get(word, otherwise)`: 0 for what only begins words."""
        return otherwise if self._node(word) == trie.NONE else self.frequency(word)

    def _is_word(self, node: int) -> bool:
        return node != trie.NONE and bool(self._lexis.logs[node] >= 0.0)

    def _node(self, word: str) -> int:
        words = self._lexis.words
        text = trie.code_points(word)
        return int(trie.walk(words.edges, words.roots, text, 0, len(text)))

    def _insert(self, word: str) -> int:
        lexis = self._lexis
        words = trie.copied(lexis.words) if self._shared else lexis.words
        words = trie.roomy(words, len(word))
        text = trie.code_points(word)
        node = int(trie.insert(words, text, 0, len(text)))
        nodes = int(words.size[0])
        logs, forced = lexis.logs, lexis.forced
        if self._shared or nodes > len(logs):
            logs = np.full(nodes + 4096, dictionary.NO_WORD)
            logs[: len(lexis.logs)] = lexis.logs
            forced = np.zeros(len(logs), np.uint8)
            forced[: len(lexis.forced)] = lexis.forced
        self._shared = False
        self._lexis = lexis._replace(words=words, logs=logs, forced=forced)
        return node

    def _ends(self, text: npt.NDArray[np.uint32], hmm: bool) -> npt.NDArray[np.int32]:
        ends = np.empty(len(text), np.int32)
        room: Scratch = cutting.scratch(len(text))
        count = cutting.cut(self._lexis, room, text, 0, len(text), hmm, ends, 0)
        return ends[:count]
