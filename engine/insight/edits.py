"""Makes the edits that a person would make: a keyword in the title, a first mention, a tag.

Each edit names its place, the text there now and the new text. Nothing is invented: an edit adds a
keyword of the set, or a phrase around it that notes of its page write. A word that is no crowd or
scene (a brand, a category, an effect, a trouble, a price) is added only where the draft already
speaks of it, because naming it is a claim. The engine, not this file, measures what an edit gains.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from engine.insight.checks import BODY, MOST_TAGS, TITLE, title_length
from engine.insight.kinds import kind_of
from engine.model import Note
from engine.text.lexicon import as_term
from engine.text.normalise import fold, fold_key
from engine.text.runs import Reader

_WEAKER = 2  # words of the title that a keyword may replace
_SWAPPED = 2  # tags that a keyword may replace
_PART = 2  # fewest characters of a keyword in the title that an edit completes
_FREE = ("crowd", "scene")  # who and when: in a title they stand first
_LINE = re.compile("【([^】]{1,40})】")  # the first line of a body
_BEGINNING = 12  # characters of the body that an edit quotes as its beginning


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one field; `draft` is the changed draft, `sentence` describes the change."""

    field: str
    before: str
    after: str
    sentence: str
    keyword: str
    draft: Note


def edits(
    draft: Note,
    keywords: Sequence[str],
    all_keywords: Sequence[str],
    reader: Reader,
    wording: Callable[[str], str],
) -> Iterator[Edit]:
    """Yields edits for some keywords of a set, keyword by keyword.

    `all_keywords` is the whole set; words that belong to it are not removed. `wording` returns the
    phrase that notes write around a keyword.
    """
    title = fold(draft.title).text
    text = "\n".join((title, fold(draft.body).text, *map(fold_key, draft.tags)))
    weaker = _weaker(draft.title, title, all_keywords, reader)
    swapped = _least_useful(draft, all_keywords, reader)
    for keyword in keywords:
        key = fold_key(keyword)
        if any(word not in text for word in _claims(key, reader)):
            continue
        if key not in title:
            yield from _in_title(draft, title, keyword, weaker, _free(key, reader))
        if key not in {fold_key(tag) for tag in draft.tags}:
            yield from _in_tags(draft, keyword, swapped)
        if key not in fold(draft.body).text:
            yield from _in_body(draft, keyword, wording(keyword))


def _claims(key: str, reader: Reader) -> list[str]:
    """Lists the words of a keyword that say what a note is about, not for whom or when."""
    words = [key] if reader.listed(key) else reader.segmenter.words(key)
    return [word for word in words if not _free(word, reader)]


def _free(word: str, reader: Reader) -> bool:
    return kind_of(word, reader.segmenter.lexicon.kind(as_term(word))) in _FREE


def _in_title(
    draft: Note, folded: str, keyword: str, weak_spans: Sequence[tuple[int, int]], front: bool
) -> Iterator[Edit]:
    title = draft.title
    if len(folded) == len(title) and (shared_span := _part_of(folded, fold_key(keyword))):
        sentence = f"把标题中的“{title[slice(*shared_span)]}”换成“{keyword}”"
        yield from _titled(draft, _put(title, shared_span, keyword), sentence, keyword)
    for weak_span in weak_spans:
        if front:  # who and when stand first: 打工人换季护肤
            sentence = f"标题以“{keyword}”开头，去掉“{title[slice(*weak_span)]}”"
            yield from _titled(draft, keyword + _put(title, weak_span, ""), sentence, keyword)
        else:
            sentence = f"把标题中的“{title[slice(*weak_span)]}”换成“{keyword}”"
            yield from _titled(draft, _put(title, weak_span, keyword), sentence, keyword)
    if "｜" in title:
        return
    after = f"{keyword}｜{title}" if title else keyword
    yield from _titled(draft, after, f"在标题前加上“{keyword}”", keyword)


def _put(title: str, place: tuple[int, int], text: str) -> str:
    return title[: place[0]] + text + title[place[1] :]


def _titled(draft: Note, after: str, sentence: str, keyword: str) -> Iterator[Edit]:
    length = title_length(after)
    if length <= TITLE:
        changed = replace(draft, title=after)
        sentence = f"{sentence}（{length}/{TITLE} 字）"
        yield Edit("title", draft.title, after, sentence, keyword, changed)


def _part_of(title: str, key: str) -> tuple[int, int] | None:
    """Finds where the title holds the longest end or beginning of a keyword (粉底液 of
    油皮粉底液)."""
    for size in range(len(key) - 1, _PART - 1, -1):
        for part in (key[-size:], key[:size]):
            start = title.find(part)
            if start >= 0:
                return start, start + size
    return None


def _weaker(
    title: str, folded: str, all_keywords: Sequence[str], reader: Reader
) -> list[tuple[int, int]]:
    """Lists the title's words that say little and belong to no keyword, the weakest first."""
    if len(folded) != len(title):
        return []
    keys = [fold_key(keyword) for keyword in all_keywords]
    rows = reader.segmenter.plain([title])
    weak_words = []
    for start, end in zip(rows.starts.tolist(), rows.ends.tolist(), strict=True):
        word = folded[start:end]
        strength = reader.strength(word)
        if len(word) > 1 and strength is not None and not any(word in key for key in keys):
            weak_words.append((strength, start, end))
    return [(start, end) for _, start, end in sorted(weak_words)[:_WEAKER]]


def _in_tags(draft: Note, keyword: str, swapped: Sequence[str]) -> Iterator[Edit]:
    for old in swapped:
        tags = tuple(keyword if tag == old else tag for tag in draft.tags)
        sentence = f"把话题 #{old} 换成 #{keyword}"
        yield Edit("tags", f"#{old}", f"#{keyword}", sentence, keyword, replace(draft, tags=tags))
    if len(draft.tags) < MOST_TAGS:
        tags = (*draft.tags, keyword)
        sentence = f"加话题 #{keyword}"
        yield Edit("tags", "", f"#{keyword}", sentence, keyword, replace(draft, tags=tags))


def _least_useful(draft: Note, all_keywords: Sequence[str], reader: Reader) -> list[str]:
    """Lists tags that share nothing with any keyword and name nothing in the text, the last tag
    first."""
    keys = [fold_key(keyword) for keyword in all_keywords]
    text = fold(f"{draft.title}\n{draft.body}").text
    useless = [
        tag
        for tag in draft.tags
        if not any(_alike(fold_key(tag), key) for key in keys)
        and not all(word in text for word in reader.segmenter.words(fold_key(tag)))
    ]
    return useless[::-1][:_SWAPPED]


def _alike(first: str, second: str) -> bool:
    return first in second or second in first


def _in_body(draft: Note, keyword: str, phrase: str) -> Iterator[Edit]:
    """Adds a first line that says whom or what the note is for, or adds a phrase to such a line."""
    line, _, rest = draft.body.partition("\n")
    first_line = _LINE.fullmatch(line)
    if first_line is None:
        line, rest, before = f"【{phrase}】", draft.body, draft.body[:_BEGINNING].partition("\n")[0]
        after = line + before
    elif "｜" not in first_line[1]:
        before, line = line, f"【{first_line[1]}｜{phrase}】"
        after = line
    else:
        return
    body = f"{line}\n{rest}".rstrip()
    if len(body) <= BODY:
        changed = replace(draft, body=body)
        yield Edit("body", before, after, f"正文开头写一次“{phrase}”", keyword, changed)


# --- one draft into two ------------------------------------------------------------------------


def halves(draft: Note, early: Sequence[str], late: Sequence[str]) -> tuple[Note, Note] | None:
    """Splits a draft into two, each for some keywords, heaviest first.

    Paragraphs and tags go to the half whose keywords they name more often. Returns None when a half
    would have no paragraph.
    """
    first, second = [fold_key(k) for k in early], [fold_key(k) for k in late]
    paragraphs: tuple[list[str], list[str]] = ([], [])
    tags: tuple[list[str], list[str]] = ([], [])
    for text in filter(str.strip, draft.body.splitlines()):
        paragraphs[_side(text, first, second, paragraphs)].append(text)
    for tag in draft.tags:
        tags[_side(tag, first, second, tags)].append(tag)
    if not all(paragraphs):
        return None
    early_half, late_half = (
        replace(
            draft,
            note_id=f"{draft.note_id}-{number}",
            title=_title_for(draft.title, keywords),
            body="\n".join(paragraphs[number - 1]),
            tags=tuple(tags[number - 1]),
        )
        for number, keywords in enumerate((early, late), 1)
    )
    return early_half, late_half


def _side(
    text: str, first: Sequence[str], second: Sequence[str], sides: tuple[list[str], list[str]]
) -> int:
    """Returns 0 or 1: the side whose keywords a text names more; the shorter side for a tie."""
    folded = fold(text).text
    first_count, second_count = (
        sum(key in folded for key in first),
        sum(key in folded for key in second),
    )
    return int(
        second_count > first_count
        or (first_count == second_count and len(sides[1]) < len(sides[0]))
    )


def _title_for(title: str, keywords: Sequence[str]) -> str:
    """Puts the first keyword that fits before the title, unless the title holds a keyword."""
    folded = fold(title).text
    if any(fold_key(keyword) in folded for keyword in keywords):
        return title
    fitting = (k for k in keywords if title_length(f"{k}｜{title}") <= TITLE)
    first = next(fitting, None)
    return f"{first}｜{title}" if first else title
