"""Long texts folded by the compiled pass; `normalise.fold` says what folding is."""

from __future__ import annotations

import numpy as np

from engine.kernels import kernel
from engine.text.cut import dictionary, trie
from engine.text.normalise import Folded

_SEVERAL = np.uint32(1 << 31)


def folded(text: str) -> Folded:
    """`normalise.fold`, quicker where characters vanish or become several."""
    known = dictionary.load().folding
    characters, origin = _folded(*known, trie.code_points(text))
    return Folded(characters.tobytes().decode("utf-32-le", "surrogatepass"), origin)


@kernel
def _folded(one, more, starts, text):  # type: ignore[no-untyped-def]
    """(the folded characters, where in the text each stood and the text's length)."""
    size = 0
    for character in text:
        code = one[character]
        several = code ^ _SEVERAL
        size += starts[several + 1] - starts[several] if code & _SEVERAL else 1
    found = np.empty(size, np.uint32)
    origin = np.empty(size + 1, np.int64)
    count = 0
    for place in range(len(text)):
        code = one[text[place]]
        if code & _SEVERAL:
            several = code ^ _SEVERAL
            for at in range(starts[several], starts[several + 1]):
                found[count] = more[at]
                origin[count] = place
                count += 1
        else:
            found[count] = code
            origin[count] = place
            count += 1
    origin[count] = len(text)
    return found, origin
