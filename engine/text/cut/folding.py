"""Long texts folded by the compiled pass; `normalise.fold` says what folding is."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.kernels import kernel
from engine.text.cut import dictionary, trie
from engine.text.cut.analysis import longest
from engine.text.normalise import Folded

_SEVERAL = np.uint32(1 << 31)


def folded(text: str) -> Folded:
    """`normalise.fold`, quicker where characters vanish or become several."""
    known = dictionary.load().folding
    points = trie.code_points(text)
    size = int(longest(known.one, known.starts, points, np.array([0, len(points)])))
    characters = np.empty(size, np.uint32)
    origin: Any = np.full(size + 1, len(text), np.int64)
    _fold(*known, points, characters, origin)
    return Folded(characters.tobytes().decode("utf-32-le", "surrogatepass"), origin)


@kernel(work=lambda one, more, starts, text, *_: len(text))
def _fold(one, more, starts, text, folded, origin):  # type: ignore[no-untyped-def]
    """Write the folded characters and where in the text each stood."""
    count = 0
    for place in range(len(text)):
        code = one[text[place]]
        if code & _SEVERAL:
            several = code ^ _SEVERAL
            for at in range(starts[several], starts[several + 1]):
                folded[count] = more[at]
                origin[count] = place
                count += 1
        else:
            folded[count] = code
            origin[count] = place
            count += 1
