"""The name of a sheet or a table: a keyword, or only the name of a table."""

from __future__ import annotations

import re

_HAN = re.compile("[\u4e00-\u9fff]")
_PLAIN = re.compile(
    r".*(?:数据|明细|列表|报表|报告|汇总|合计|总表|工作表|内容|导出|结果|清单|说明|目录|全部|模板|原始|排序)$"
    r"|(?:笔记|评论|博主|达人|用户|作者|创作者|帖子|作品|品牌|商品|话题|直播|搜索词?|关键词|投放|种草|图文|视频"
    r"|报备|自然|表|页|封面|首页|附录|备注)(?:表|页|库)?[0-9一二三四五六七八九十]*"
    r"|(?:sheet|工作表|表|页|第).{0,4}"
    r"|[0-9年月日号周季度第上下半个一二三四五六七八九十零〇. _\-/至到~Qq]+(?:份|数据)?"
    r"|.*(?:20[0-9]{2}|[0-9]{1,2}月|月份|季度|第.{1,3}[周期批]).*",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 20


def is_keyword(name: str) -> bool:
    """Whether a name reads like a word that was searched, not like one of a table or a month."""
    name = name.strip()
    return 0 < len(name) <= _LONGEST and bool(_HAN.search(name)) and not _PLAIN.fullmatch(name)
