"""A batch of texts -> the rows of the compiled pass, with room made as it goes."""

from __future__ import annotations

from collections.abc import Sequence

from engine.text.cut import analysis, trie
from engine.text.cut.cutting import Lexis
from engine.text.cut.vocabulary import Vocabulary

_TERMS_A_CHARACTER = 2  # a guess of the room that a batch needs
_NOWHERE = Vocabulary(1)


def rows(
    lexis: Lexis,
    phrases: analysis.Phrases,
    texts: Sequence[str],
    mode: int,
    vocabulary: Vocabulary | None = None,
) -> analysis.Rows:
    """The columns of a batch; without a vocabulary no ids."""
    text, bounds = trie.flat(texts)
    room = analysis.room(analysis.longest(lexis.folding.one, lexis.folding.starts, text, bounds))
    size = len(text) * _TERMS_A_CHARACTER + 64
    made = analysis.rows(size, len(texts), vocabulary is not None)
    terms = _NOWHERE if vocabulary is None else vocabulary
    done = 0
    while done < len(texts):
        done = analysis.analyse(lexis, phrases, terms.table, room, text, bounds, done, mode, made)
        if done < 0:
            terms.grow()
            done = -1 - done
        elif done < len(texts):
            made = analysis.longer(made, done)
    return analysis.cut_to(made, int(made.bounds[-1]))
