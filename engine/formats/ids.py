"""Cells -> the id of a note, and the key of its author."""

from __future__ import annotations

import hashlib
import re

from engine.errors import BadRow
from engine.formats.absence import absent
from engine.formats.plain import plain, shown
from engine.formats.record import encodable

_ID = re.compile(r"[0-9a-f]{24}")
_ID_IN_URL = re.compile(
    r"/(?:explore|discovery/item|search_result|note|item|user/profile/\w+)/([0-9a-fA-F]{24})(?!\w)"
)
_ID_IN_QUERY = re.compile(r"[?&](?:note_?id|source_?note_?id|item_?id)=([0-9a-f]{24})(?!\w)", re.I)
_USER_IN_URL = re.compile(r"/user/profile/(\w+)")
_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{2}")
_FORMULA = re.compile(r"=\s*(?:T\()?\"(.*?)\"\)?")
_LINK_FORMULA = re.compile(r"=\s*HYPERLINK\(\s*\"([^\"]*)\"", re.I)
_CODE = re.compile(r"(?:[^\s/:]{1,64}:)?[0-9A-Za-z._@=+|#-]*[0-9][0-9A-Za-z._@=+|#-]*")
_LETTERS = re.compile(r"[A-Za-z][A-Za-z._-]{0,127}")
_EXACT = 2**53  # larger numbers of a spreadsheet have lost their last digits
_LONGEST = 128
_RUNNING = re.compile(r"[0-9]{1,9}")
_HOST = re.compile(r"https?://([^/?#\s:]+)", re.I)
_HERE = ("xiaohongshu.com", "xhslink.com", "xhscdn.com", "rednote.com", "xhs.cn")
_ELSEWHERE = {
    "weibo.com": "Weibo",
    "weibo.cn": "Weibo",
    "douyin.com": "Douyin",
    "iesdouyin.com": "Douyin",
    "tiktok.com": "TikTok",
    "bilibili.com": "Bilibili",
    "b23.tv": "Bilibili",
    "zhihu.com": "Zhihu",
    "tieba.baidu.com": "Tieba",
    "kuaishou.com": "Kuaishou",
    "gifshow.com": "Kuaishou",
    "mp.weixin.qq.com": "WeChat",
}


def bare(cell: object) -> str:
    """A cell without the guards that keep a spreadsheet from counting: `="…"`, `'…`, quotes."""
    if isinstance(cell, float) and abs(cell) >= _EXACT:
        return repr(cell)
    text = encodable(plain(cell)).strip(" \t\r\n\ufeff\u200b\u00a0\u3000")
    if text.startswith("="):
        link = _LINK_FORMULA.match(text)
        if link:
            return link[1].strip()
        formula = _FORMULA.fullmatch(text)
        text = formula[1] if formula else text
    return text.strip("'\"‘’“”`").strip()


def note_id(*candidates: object) -> str:
    """The first id among cells that hold an id, a code or a note's address; "" when none does.

    Words and running numbers are no ids here: see `running`. Raises BadRow when all that is left
    is an id that a spreadsheet rounded (6.7E+23).
    """
    rounded = ""
    for candidate in candidates:
        cell = bare(candidate)
        if identified := id_in(cell) or _code(cell):
            return identified
        rounded = rounded or (cell if _ROUNDED.fullmatch(cell) else "")
    if rounded:
        raise BadRow(f"note_id: a spreadsheet rounded it to {rounded}; format the column as text")
    return ""


def id_in(cell: str) -> str:
    """The platform's id that a cell is, or that a note's address holds; else ""."""
    if _ID.fullmatch(cell.lower()):
        return cell.lower()
    inside = _ID_IN_URL.search(cell) or _ID_IN_QUERY.search(cell)
    return inside[1].lower() if inside else ""


def running(*candidates: object) -> str:
    """A number of up to nine digits that stands in the place of an id; "" when there is none."""
    cells = [bare(candidate) for candidate in candidates]
    return next((cell for cell in cells if _RUNNING.fullmatch(cell)), "")


def own_code(cell: object) -> str:
    """An id of letters alone, which only a column that is called note_id is trusted with."""
    code = bare(cell)
    return code if _LETTERS.fullmatch(code) and not absent(code) else ""


def _code(cell: str) -> str:
    if absent(cell) or _RUNNING.fullmatch(cell) or _ROUNDED.fullmatch(cell):
        return ""
    if cell == "-1" or not _CODE.fullmatch(cell):
        return ""
    if len(cell) > _LONGEST:
        raise BadRow(f"note_id: {shown(cell)} is longer than {_LONGEST} characters")
    return cell


# --- addresses and authors ---------------------------------------------------------------------


def note_url(value: object) -> str:
    """An address without its query, which holds the platform's access token; else ""."""
    cell = bare(value)
    return re.split(r"[?#\s]", cell)[0] if re.match(r"https?://", cell) else ""


def elsewhere(value: object) -> str:
    """The other platform that an address leads to; "" for this one and for unknown hosts."""
    host = _HOST.match(bare(value))
    if host is None or host[1].lower().endswith(_HERE):
        return ""
    parts = host[1].lower().split(".")
    ends = (".".join(parts[place:]) for place in range(len(parts) - 1))
    return next((_ELSEWHERE[end] for end in ends if end in _ELSEWHERE), "")


def user_id(value: object) -> str:
    """A user's id; of the address of a user's page, the id in it."""
    cell = bare(value)
    profile = _USER_IN_URL.search(cell)
    return profile[1] if profile else "" if absent(cell) else cell


def author_key(name: str) -> str:
    """16 hex digits of the sha256 of a user id or a nickname; "" for nobody."""
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16] if name else ""
