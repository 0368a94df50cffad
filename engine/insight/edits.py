"""Edits of a draft that a person would make: a keyword in the title, a first mention, a tag.

Each edit names its place, what stands there and what would. Nothing is invented: what is put in is
a keyword of the set, or a phrase around it that notes of its page write; and a word that is no
crowd or scene (a brand, a category, an effect, a trouble, a price) only where the draft already
speaks of it, because to name one is a claim. What an edit is worth the engine says, not this file.
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

_WEAKER = 2  # words of the title that a keyword may take the place of
_SWAPPED = 2  # tags that a keyword may take the place of
_PART = 2  # characters of a keyword that the title must hold for the rest to be joined
_FREE = ("crowd", "scene")  # who and when: in a title they stand first
_LINE = re.compile("【([^】]{1,40})】")  # the first line of a body
_BEGINNING = 12  # characters of the body that tell where its beginning is


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one field; `draft` is the draft after it, `sentence` says it in words."""

    field: str
    before: str
    after: str
    sentence: str
    keyword: str
    draft: Note


def edits(
    draft: Note,
    keywords: Sequence[str],
    every: Sequence[str],
    reader: Reader,
    wording: Callable[[str], str],
) -> Iterator[Edit]:
    """Edits for some keywords of a set, keyword by keyword; `every` are all keywords of the set,
    whose words are not taken out. `wording` gives the phrase that notes write around a keyword."""
    title = fold(draft.title).text
    text = "\n".join((title, fold(draft.body).text, *map(fold_key, draft.tags)))
    weaker = _weaker(draft.title, title, every, reader)
    swapped = _least_useful(draft, every, reader)
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
    """The words of a keyword that say what a note is about, not for whom or when."""
    words = [key] if reader.listed(key) else reader.segmenter.words(key)
    return [word for word in words if not _free(word, reader)]


def _free(word: str, reader: Reader) -> bool:
    return kind_of(word, reader.segmenter.lexicon.kind(as_term(word))) in _FREE


def _in_title(
    draft: Note, folded: str, keyword: str, weaker: Sequence[tuple[int, int]], front: bool
) -> Iterator[Edit]:
    title = draft.title
    if len(folded) == len(title) and (part := _part_of(folded, fold_key(keyword))):
        said = f"把标题中的“{title[slice(*part)]}”换成“{keyword}”"
        yield from _titled(draft, _put(title, part, keyword), said, keyword)
    for place in weaker:
        if front:  # who and when stand first: 打工人换季护肤
            said = f"标题以“{keyword}”开头，去掉“{title[slice(*place)]}”"
            yield from _titled(draft, keyword + _put(title, place, ""), said, keyword)
        else:
            said = f"把标题中的“{title[slice(*place)]}”换成“{keyword}”"
            yield from _titled(draft, _put(title, place, keyword), said, keyword)
    if "｜" in title:
        return
    after = f"{keyword}｜{title}" if title else keyword
    yield from _titled(draft, after, f"在标题前加上“{keyword}”", keyword)


def _put(title: str, place: tuple[int, int], text: str) -> str:
    return title[: place[0]] + text + title[place[1] :]


def _titled(draft: Note, after: str, said: str, keyword: str) -> Iterator[Edit]:
    length = title_length(after)
    if length <= TITLE:
        changed = replace(draft, title=after)
        said = f"{said}（{length}/{TITLE} 字）"
        yield Edit("title", draft.title, after, said, keyword, changed)


def _part_of(title: str, key: str) -> tuple[int, int] | None:
    """Where the title holds the longest end or beginning of a keyword (粉底液 of 油皮粉底液)."""
    for size in range(len(key) - 1, _PART - 1, -1):
        for part in (key[-size:], key[:size]):
            start = title.find(part)
            if start >= 0:
                return start, start + size
    return None


def _weaker(title: str, folded: str, every: Sequence[str], reader: Reader) -> list[tuple[int, int]]:
    """Words of the title that say little and belong to no keyword, the weakest first."""
    if len(folded) != len(title):
        return []
    keys = [fold_key(keyword) for keyword in every]
    rows = reader.segmenter.plain([title])
    found = []
    for start, end in zip(rows.starts.tolist(), rows.ends.tolist(), strict=True):
        word = folded[start:end]
        strength = reader.strength(word)
        if len(word) > 1 and strength is not None and not any(word in key for key in keys):
            found.append((strength, start, end))
    return [(start, end) for _, start, end in sorted(found)[:_WEAKER]]


def _in_tags(draft: Note, keyword: str, swapped: Sequence[str]) -> Iterator[Edit]:
    for old in swapped:
        tags = tuple(keyword if tag == old else tag for tag in draft.tags)
        said = f"把话题 #{old} 换成 #{keyword}"
        yield Edit("tags", f"#{old}", f"#{keyword}", said, keyword, replace(draft, tags=tags))
    if len(draft.tags) < MOST_TAGS:
        tags = (*draft.tags, keyword)
        said = f"加话题 #{keyword}"
        yield Edit("tags", "", f"#{keyword}", said, keyword, replace(draft, tags=tags))


def _least_useful(draft: Note, every: Sequence[str], reader: Reader) -> list[str]:
    """Tags that share nothing with any keyword nor name what the text speaks of, the last first."""
    keys = [fold_key(keyword) for keyword in every]
    text = fold(f"{draft.title}\n{draft.body}").text
    own = [
        tag
        for tag in draft.tags
        if not any(_alike(fold_key(tag), key) for key in keys)
        and not all(word in text for word in reader.segmenter.words(fold_key(tag)))
    ]
    return own[::-1][:_SWAPPED]


def _alike(one: str, other: str) -> bool:
    return one in other or other in one


def _in_body(draft: Note, keyword: str, phrase: str) -> Iterator[Edit]:
    """A first line that says whom or what the note is for; one that is there takes one more."""
    line, _, rest = draft.body.partition("\n")
    known = _LINE.fullmatch(line)
    if known is None:
        line, rest, before = f"【{phrase}】", draft.body, draft.body[:_BEGINNING].partition("\n")[0]
        after = line + before
    elif "｜" not in known[1]:
        before, line = line, f"【{known[1]}｜{phrase}】"
        after = line
    else:
        return
    body = f"{line}\n{rest}".rstrip()
    if len(body) <= BODY:
        changed = replace(draft, body=body)
        yield Edit("body", before, after, f"正文开头写一次“{phrase}”", keyword, changed)


# --- one draft into two ------------------------------------------------------------------------


def halves(draft: Note, early: Sequence[str], late: Sequence[str]) -> tuple[Note, Note] | None:
    """The draft as two, each for some keywords, heaviest first: paragraphs and tags go to the one
    whose keywords they name more; None when one would have no text of its own."""
    first, second = [fold_key(k) for k in early], [fold_key(k) for k in late]
    paragraphs: tuple[list[str], list[str]] = ([], [])
    tags: tuple[list[str], list[str]] = ([], [])
    for text in filter(str.strip, draft.body.splitlines()):
        paragraphs[_side(text, first, second, paragraphs)].append(text)
    for tag in draft.tags:
        tags[_side(tag, first, second, tags)].append(tag)
    if not all(paragraphs):
        return None
    one, two = (
        replace(
            draft,
            note_id=f"{draft.note_id}-{number}",
            title=_title_for(draft.title, keywords),
            body="\n".join(paragraphs[number - 1]),
            tags=tuple(tags[number - 1]),
        )
        for number, keywords in enumerate((early, late), 1)
    )
    return one, two


def _side(
    text: str, first: Sequence[str], second: Sequence[str], sides: tuple[list[str], list[str]]
) -> int:
    """0 or 1: whose keywords a text names more; the shorter side when neither's."""
    folded = fold(text).text
    one, two = sum(key in folded for key in first), sum(key in folded for key in second)
    return int(two > one or (one == two and len(sides[1]) < len(sides[0])))


def _title_for(title: str, keywords: Sequence[str]) -> str:
    """The title with the first keyword that fits before it, unless it holds one."""
    folded = fold(title).text
    if any(fold_key(keyword) in folded for keyword in keywords):
        return title
    fitting = (k for k in keywords if title_length(f"{k}｜{title}") <= TITLE)
    first = next(fitting, None)
    return f"{first}｜{title}" if first else title
