"""Rows that are kept with every cell they have: comments, creators, results."""

from __future__ import annotations

from collections.abc import Mapping

from engine.formats.absence import absent
from engine.formats.headers import FOLDED, fold
from engine.formats.ids import author_key, user_id
from engine.formats.plain import plain
from engine.formats.record import Record, encodable
from engine.model import Cell

_IDS = frozenset(FOLDED["author_id"])
_PEOPLE = (
    _IDS
    | frozenset(FOLDED["author_name"])
    | {
        fold(name)
        for name in (
            *("avatar", "头像", "头像url", "images", "image", "联系方式", "手机号", "手机", "电话"),
            *(
                "微信",
                "微信号",
                "邮箱",
                "email",
                "phone",
                "wechat",
                "评论者昵称",
                "评论用户",
                "评论人",
            ),
            *("评论人昵称", "评论用户昵称", "评论用户id", "评论者", "评论者id", "姓名", "真实姓名"),
            *("收货地址", "user_link", "用户主页", "蒲公英主页", "蒲公英链接"),
        )
    }
)
_SECRET = fold("xsec_token")
_DEEPEST = 6


def columns_of(
    record: Record, keep_names: bool, people: frozenset[str] = frozenset()
) -> tuple[Cell, ...]:
    """Every cell of a row as (column, text); cells that name a person as keys.

    `people` are further headers (folded) that name people in a table of this kind.
    """
    hidden = frozenset() if keep_names else _PEOPLE | people
    return tuple((key, _text(key, cell, hidden, 0)) for key, cell in record.values.items())


def _text(key: str, cell: object, hidden: frozenset[str], depth: int) -> str:
    end = fold(key).rpartition(".")[2]
    if end == _SECRET:
        return "…"
    if end in hidden and not absent(cell) and not isinstance(cell, dict | list):
        return author_key(user_id(cell) or plain(cell))
    return encodable(plain(_inner(cell, hidden, depth)))


def _inner(cell: object, hidden: frozenset[str], depth: int) -> object:
    """A nested cell with the people in it as keys."""
    if isinstance(cell, Mapping):
        return {
            key: _inner(value, hidden, depth + 1)
            if isinstance(value, dict | list) and depth < _DEEPEST
            else _text(str(key), value, hidden, _DEEPEST)
            for key, value in cell.items()
        }
    if isinstance(cell, list) and depth < _DEEPEST:
        return [_inner(value, hidden, depth + 1) for value in cell]
    return cell
