"""A page that finds little -> queries to try instead."""

from __future__ import annotations

from dataclasses import replace

from engine.index.protocol import IndexSnapshot
from engine.ranking.page import Page
from engine.text.normalise import fold
from engine.text.segment import Segmenter, is_word
from engine.text.suggest import Suggester

_TYPED = 8  # characters of a query that may be one misspelt word


def needs_correction(page: Page, index: IndexSnapshot, segmenter: Segmenter) -> bool:
    """Whether the first page is empty, or one short word was typed that no note writes."""
    return not page.offset and (not page.total or _unwritten(page, index, segmenter))


def corrected(page: Page, suggester: Suggester, segmenter: Segmenter) -> Page:
    """The page with queries to try instead."""
    typed = page.words.strip()
    whole = suggester.correct(typed)
    single = [
        typed.replace(word, better)
        for word in segmenter.words(typed.lower())
        for better in suggester.correct(word, 1)
    ]
    return replace(page, did_you_mean=tuple(dict.fromkeys([*whole, *single]))[:3])


def known_words(index: IndexSnapshot, segmenter: Segmenter) -> dict[str, int]:
    """Words of the notes with how many hold them: dictionary and lexicon words, and tags."""
    lexicon = segmenter.lexicon
    words = {
        lexicon.spelling(term): count
        for term, count in index.vocabulary()
        if term in lexicon.entries or (len(term) > 1 and is_word(term))
    }
    for tag, count in index.facets("tags").items():
        words[tag] = max(count, words.get(tag, 0))
    return words


def _unwritten(page: Page, index: IndexSnapshot, segmenter: Segmenter) -> bool:
    typed = page.words.strip()
    if not 2 <= len(typed) <= _TYPED or any(not char.isalnum() for char in typed):
        return False
    if any(typed in text for r in page.results for text in (r.note.title, r.note.body)):
        return False
    terms = tuple(dict.fromkeys(piece.term for piece in segmenter.pieces(fold(typed).text)))
    return index.count_matching([terms]) == [0]
