"""Tables of notes as data vendors and the platform's marketing tools export them."""

from __future__ import annotations

from engine.formats.aliases import ALIASES
from engine.formats.kinds import NOTE_IDS, NOTE_LINKS, TEXTS, Keys
from engine.formats.readers.reader import signs, vendor

_NOTE = NOTE_IDS | NOTE_LINKS
_HUITUN_NEW = signs("笔记官方地址")
_HUITUN_OLD = signs("官方笔记地址")
_PUGONGYING = signs(
    *("报备品牌", "合作名称", "博主报价", "spu名称", "下单账号", "服务费金额", "笔记id", "订单id"),
    *("自然曝光量", "推广曝光量", "加热曝光量"),
)
_QIANGUA = signs(
    "合作金额", "达人ID", "视频时长", "千瓜指数", "笔记收录时间", "AdPrice", "ViewCount"
)
_XINHONG = signs("红人昵称", "红人名称", "红人小红书号", "红人健康等级", "预估阅读数", "种草品类")
_LINGXI = signs("作业昵称", "I+TI人群数", "TI人群数", "种草人群数", "人群渗透率", "新增TI人群数")


def _pugongying(keys: Keys) -> bool:
    """A report of cooperation notes."""
    titled = bool(keys & signs("笔记标题", "标题"))
    return titled and bool(keys & _NOTE) and len(keys & _PUGONGYING) > 1


def _qiangua(keys: Keys) -> bool:
    return bool(keys & _NOTE) and len(keys & _QIANGUA) > 1


def _xinhong(keys: Keys) -> bool:
    return bool(keys & _NOTE) and bool(keys & _XINHONG)


def _lingxi(keys: Keys) -> bool:
    return bool(keys & _NOTE) and bool(keys & _LINGXI) and bool(keys & TEXTS)


_BUSINESS = ("IsBusiness", *ALIASES["declared"])

READERS = (
    vendor("huitun-{}", lambda keys: bool(keys & _HUITUN_NEW), keyword=(), position=()),
    vendor(  # its 关键词 are words of the note, which nobody searched
        "huitun-old-{}", lambda keys: bool(keys & _HUITUN_OLD), keyword=(), position=()
    ),
    vendor("pugongying-{}", _pugongying, keyword=(), position=(), tags=(), declared=_BUSINESS),
    vendor("qiangua-{}", _qiangua, declared=_BUSINESS, boosted=("IsAdNote", *ALIASES["boosted"])),
    vendor("xinhong-{}", _xinhong, keyword=()),
    vendor("lingxi-{}", _lingxi, keyword=(), tags=()),
)
