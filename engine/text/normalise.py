"""Turns original text into folded text of the same meaning, and maps spans back to the original.

Folding works one character at a time: NFKC (width, ligatures), lower case, traditional to
simplified characters; zero-width characters, variation selectors and private use characters vanish.
Mark-up (topics, stickers, mentions) becomes blanks before, so that it is never a term.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import opencc
from opencc import OpenCC

_TOPIC = r"[#＃](?P<topic>[^#＃\[\]\n]{1,60}?)\[(?:话题|話題)\](?:[#＃])?"
_NAME = r"[#＃](?![\ufe0f\u20e3])[^\s#＃@\[\]，。！？,!?;；：:（）()、…~～\"“”'‘’《》]{1,40}"
_BARE = (  # `#A#B##C` run together: only the first must not stand behind a Latin letter
    rf"(?<![0-9A-Za-z&])(?P<bare>{_NAME}(?:[#＃]?{_NAME})*)(?:[#＃](?=[\s#＃]|$))?"
)
_STICKER = (
    r"\[[^\[\]\s]{1,10}[RH]\]"
    r"|\[(?:doge|狗头|奸笑|强|弱|捂脸|微笑|笑哭|哭惹|飞吻|色|得意|偷笑|害羞|赞|大笑|皱眉|生气|失望"
    r"|抠鼻|吃瓜|再见|叹气|汗颜|扯脸|抓狂|惊恐|石化|买爆|萌萌哒|吧唧|暗中观察|派对|自拍|拔草|种草|哇"
    r"|皇冠|红色心形|紫色心形|玫瑰|礼物|加油|耶|比心|向右|话题)\]"
)
_STICKERS = re.compile(_STICKER + r"|\[[^\[\]\s]{0,10}$")  # the last one may have been cut off
_MENTION = r"(?<![0-9A-Za-z._])(?:@[^\s@#＃，。！？,!?;；：:、（）()]{1,30})+"
_BEGINS = re.compile(r"[#＃\[@]")  # of any mark-up: quicker to look for than all of it
_MARKUP = re.compile(f"{_TOPIC}|{_STICKER}|{_BARE}|{_MENTION}")

FOLDING = f"1-opencc{opencc.__version__}"  # raise it when a character folds differently
_VANISH = {"Cf", "Co", "Cs"}  # format (zero-width), private use, lone surrogates
_FILLERS = {0x3164, 0xFFA0, 0x115F, 0x1160, 0x20E3}  # Hangul fillers, the keycap's frame
# t2s leaves some of these as they are, and makes of 薴 what it would simplify once more.
_VARIANTS = {"妳": "你", "祂": "他", "裡": "里", "線": "线", "薴": "苎"}


class _FoldTable(dict[int, str]):
    """A table for str.translate that computes each character's folding once."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = fold_character(chr(code))
        return folded


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def fold_character(char: str) -> str:
    """Folds one character to nothing, one character or several."""
    code = ord(char)
    if code in _FILLERS or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return ""
    category = unicodedata.category(char)
    if category in _VANISH:
        return ""
    if category == "Cc":
        return " "
    if category == "Cn":  # four of five codes: no character yet, so nothing to fold
        return char
    if char in _VARIANTS:
        return _VARIANTS[char]
    folded = unicodedata.normalize("NFKC", char).lower()
    return folded if folded.isascii() else str(_simplifier().convert(folded))


_TABLE = _FoldTable()


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; character i of `text` comes from character `origin[i]` of the original.

    `origin` has one entry more than `text` (the original's length). It is None when both texts have
    the same positions.
    """

    text: str
    origin: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Maps characters [start, end) of the folded text to characters of the original."""
        if self.origin is None:
            return start, end
        return int(self.origin[start]), int(self.origin[end - 1]) + 1


def fold(text: str) -> Folded:
    """Folds a text character by character and keeps where each character came from."""
    folded = text.translate(_TABLE)
    if len(folded) == len(text) and all(len(_TABLE[ord(c)]) == 1 for c in set(text)):
        return Folded(folded)
    origin = array("l")
    for position, char in enumerate(text):
        origin.extend([position] * len(_TABLE[ord(char)]))
    origin.append(len(text))
    return Folded(folded, origin)


def fold_key(text: str) -> str:
    """Folds a short text to a key for comparison: outer white space removed, inner runs single."""
    return " ".join(text.translate(_TABLE).split())


def blank_markup(text: str) -> str:
    """Replaces topics, stickers and mentions with blanks; the text keeps its length."""
    return unmarked(text)[0]


def topics(text: str) -> tuple[str, ...]:
    """Lists the topic tags in a text, in order, each once (`#A[话题]##B[话题]#`, `#A #B`,
    `#A#`)."""
    return unmarked(text)[1]


def unmarked(text: str) -> tuple[str, tuple[str, ...]]:
    """Returns (`blank_markup`, `topics`) of a text and reads it once."""
    mark = _BEGINS.search(text)
    if mark is None:
        return text, ()
    names: dict[str, None] = {}
    pieces: list[str] = []
    done = 0
    while mark is not None:
        match = _MARKUP.match(text, mark.start())
        if match is None:
            mark = _BEGINS.search(text, mark.end())
            continue
        start, end = match.span()
        pieces += text[done:start], " " * (end - start)
        done = end
        for topic in re.split("[#＃]", match.group("topic") or match.group("bare") or ""):
            if topic and (key := fold_key(topic)) and not key.isdigit():
                names.setdefault(topic.strip())
        mark = _BEGINS.search(text, end)
    return "".join(pieces) + text[done:], tuple(names)


def blank_stickers(text: str) -> str:
    """Replaces sticker codes with blanks; length, topics and mentions stay."""
    return _STICKERS.sub(lambda match: " " * (match.end() - match.start()), text)


def bare_letters(text: str) -> str:
    """Returns the folded letters and digits of a text, which two copies share whatever their
    mark-up."""
    folded = blank_stickers(text).translate(_TABLE)
    return "".join(char for char in folded if char.isalnum())
