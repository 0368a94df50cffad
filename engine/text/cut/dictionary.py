"""jieba's dictionary and HMM as arrays, kept in a cache by the hash of what they came from.

jieba stays the owner of both: they are read from its installed files, never shipped here.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import math
import os
import unicodedata
import zipfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels import cache_folder
from engine.text.cut import trie
from engine.text.cut.trie import Trie
from engine.text.normalise import FOLDING, fold_character

HAN, LETTER, DIGIT, SIGN, SPACE, TERM, PAIR = 1, 2, 4, 8, 16, 32, 64  # bits of a character's class
WORD = HAN | LETTER | DIGIT | SIGN  # what jieba's dictionary may join
IMPOSSIBLE = -3.14e100  # jieba's log probability of what never happens
NO_WORD = -1.0  # stands where a prefix has no frequency
_FORM = "4"  # raise it when the cached arrays change
_STATES = "BEMS"
_CODES = 0x110000
_PAIRS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x40000))
_EMOJI = ((0x231A, 0x231C), (0x23E9, 0x23FB), (0x2600, 0x27C0), (0x2B00, 0x2C00),
          (0x1F000, 0x1FB00))  # fmt: skip


class Model(NamedTuple):
    """The HMM, natural logarithms: `start` (4), `move` (4, 4) from row to column, `emit`
    (65536, 4) by character; states B, E, M, S."""

    start: npt.NDArray[np.float64]
    move: npt.NDArray[np.float64]
    emit: npt.NDArray[np.float64]


class Folding(NamedTuple):
    """`one`: what a character folds to when that is one character; else its row of `more`.

    Where bit 31 of `one` is set, the rest is a row: more[starts[row]:starts[row + 1]].
    """

    one: npt.NDArray[np.uint32]
    more: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.int64]


class Dictionary(NamedTuple):
    """`logs` has ln(frequency) of a node's word, NO_WORD for a bare prefix; `total` sums them."""

    words: Trie
    logs: npt.NDArray[np.float64]
    total: int
    model: Model
    classes: npt.NDArray[np.uint8]
    folding: Folding


@cache
def version() -> str:
    """Names jieba's dictionary and model, and the folding of this Python."""
    folder = jieba_folder()
    digest = hashlib.sha256(f"{_FORM} {unicodedata.unidata_version} {FOLDING}".encode())
    for name in ("dict.txt", *(f"finalseg/prob_{part}.py" for part in ("start", "trans", "emit"))):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:16]


@cache
def load() -> Dictionary:
    """From the cache, else from jieba's files (some seconds, once)."""
    path = cache_folder() / f"dictionary-{version()}.npz"
    with contextlib.suppress(*UNREADABLE):
        return _read(path)
    made = _make()
    parts = (made.words, made.model, made.folding)
    arrays = {name: array for part in parts for name, array in part._asdict().items()}
    keep(path, logs=made.logs, total=np.int64(made.total), classes=made.classes, **arrays)
    return made


UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def kept(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a cache file; one of UNREADABLE when it is not there or not whole."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def keep(path: Path, **arrays: npt.NDArray[Any] | np.int64) -> None:
    """Write a cache file, whole or not at all; a read-only or full home keeps none."""
    temporary = path.with_suffix(f".{os.getpid()}.npz")
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            np.savez(temporary, allow_pickle=False, **arrays)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def jieba_folder() -> Path:
    """Where jieba is installed."""
    found = importlib.util.find_spec("jieba")
    if found is None or found.origin is None:
        raise ImportError("jieba is not installed; run `uv sync`")
    return Path(found.origin).parent


def _read(path: Path) -> Dictionary:
    part = kept(path)
    return Dictionary(
        Trie(part["edges"], part["roots"], part["sieve"], part["size"]),
        part["logs"],
        int(part["total"]),
        Model(part["start"], part["move"], part["emit"]),
        part["classes"],
        Folding(part["one"], part["more"], part["starts"]),
    )


def _make() -> Dictionary:
    frequencies: dict[str, int] = {}
    total = 0
    with (jieba_folder() / "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, frequency = line.strip().split(" ")[:2]
            frequencies[word] = int(frequency)  # the last of two lines counts, the sum has both
            total += int(frequency)
    common = sorted(frequencies, key=frequencies.__getitem__, reverse=True)  # near in memory
    words = trie.empty(sum(map(len, frequencies)) // 2)
    nodes = trie.insert_all(words, common)
    logs = np.full(int(words.size[0]), NO_WORD)
    logs[nodes] = [math.log(frequencies[word] or 1) for word in common]
    return Dictionary(words, logs, total, _model(), _classes(), _folding())


def _model() -> Model:
    from jieba.finalseg import prob_emit, prob_start, prob_trans

    emit = np.full((65536, 4), IMPOSSIBLE)
    move = np.full((4, 4), IMPOSSIBLE)
    for number, state in enumerate(_STATES):
        for character, chance in prob_emit.P[state].items():
            emit[ord(character), number] = chance
        for other, chance in prob_trans.P[state].items():
            move[number, _STATES.index(other)] = chance
    return Model(np.array([prob_start.P[state] for state in _STATES]), move, emit)


def _classes() -> npt.NDArray[np.uint8]:
    classes = np.zeros(_CODES, np.uint8)
    classes[0x4E00:0x9FD6] |= HAN
    for characters, bit in (("0123456789", DIGIT), ("+#&._%-", SIGN)):
        classes[[ord(character) for character in characters]] |= bit
    for letter in "aA":
        classes[ord(letter) : ord(letter) + 26] |= LETTER
    for code in range(_CODES):
        character = chr(code)
        if character.isspace():
            classes[code] |= SPACE
        if character.isalnum():
            classes[code] |= TERM
    for ranges, bit in ((_EMOJI, TERM), (_PAIRS, PAIR)):
        for first, last in ranges:
            classes[first:last] |= bit
    return classes


def _folding() -> Folding:
    one = np.empty(_CODES, np.uint32)
    rows: list[str] = []
    for code in range(_CODES):
        folded = fold_character(chr(code))
        if len(folded) == 1:
            one[code] = ord(folded)
        else:
            one[code] = 1 << 31 | len(rows)
            rows.append(folded)
    more, starts = trie.flat(rows)
    return Folding(one, more, starts)
