"""What the rows of a table are, by its headers: notes, comments, creators, results, or else.

Each question takes the folded headers of a table. A bare `id` with a text is no note.
"""

from __future__ import annotations

from engine.formats.headers import FOLDED, fold

Keys = frozenset[str]


def _folded(*names: str) -> frozenset[str]:
    return frozenset(map(fold, names))


def ends(keys: Keys) -> Keys:
    """Headers with the ends of dotted ones: `note.id` as `id` too."""
    return keys | {key.rpartition(".")[2] for key in keys}


NOTE_IDS = frozenset(FOLDED["note_id"])
NOTE_LINKS = frozenset(FOLDED["url"]) - _folded("url", "链接", "link", "href", "网址", "地址")
LINKS = frozenset(FOLDED["url"])
TEXTS = frozenset(FOLDED["title"] + FOLDED["body"] + FOLDED["tags"])
TITLES = frozenset(FOLDED["title"])
BODIES = frozenset(FOLDED["body"])
COUNTS = frozenset(FOLDED["likes"] + FOLDED["collects"] + FOLDED["comments"])
KEYWORDS = frozenset(FOLDED["keyword"]) | _folded(
    *("关键字", "热词", "query", "search term", "top queries", "queries", "热门查询", "查询"),
    *("关键词名称", "搜索热词", "蓝海词", "推荐词", "keywords", "搜索查询", "触发词"),
)

_COMMENT = _folded(
    *(
        "comment_id",
        "评论id",
        "评论内容",
        "评论文本",
        "评论正文",
        "comment_content",
        "comment_text",
    ),
    *(
        "sub_comment_count",
        "sub_comments",
        "parent_comment_id",
        "父评论id",
        "一级评论id",
        "子评论数",
    ),
    *("评论者昵称", "评论用户", "评论人", "评论时间", "评论人昵称", "root_comment_id", "评论者"),
    *("target_comment", "评论用户id", "评论用户昵称", "一级评论内容", "二级评论内容", "评论者id"),
    *("comment_time", "评论点赞数", "评论点赞量", "子评论数量", "comment_user", "at_users.comment"),
)
_FANS = frozenset(FOLDED["fans"]) | _folded("粉丝总数", "fansCount", "fans_total", "总粉丝数")
_CREATOR = _folded(
    *(
        "赞藏总数",
        "总赞藏",
        "获赞与收藏",
        "作品被赞和收藏数量",
        "图文报价",
        "视频报价",
        "图文一口价",
    ),
    *(
        "视频一口价",
        "实时报价-图文",
        "千瓜指数",
        "新红指数",
        "达人类型",
        "达人等级",
        "follows",
        "关注数量",
    ),
    *("关注数", "所属机构", "粉丝女性比例", "红人健康等级", "预估图文cpm", "businessNoteCount"),
    *("picturePrice", "videoPrice", "健康等级", "蒲公英主页", "粉丝画像-年龄分布", "平均互动"),
    *("互动中位数", "阅读中位数", "近30天涨粉", "图文报价(RMB)", "粉丝真实度", "interaction"),
)
_PEOPLE = frozenset(FOLDED["author_name"] + FOLDED["author_id"]) | _folded("name", "姓名", "名称")
_SPEND = _folded(
    *(
        "消费",
        "消耗",
        "费用",
        "花费",
        "fee",
        "cost",
        "spend",
        "实际消耗",
        "实际支付金额",
        "消费金额",
    ),
    *("总消耗", "总费用", "现金消耗", "投放金额", "广告消耗", "消耗金额", "总消费", "订单金额"),
)
_EXPOSURE = _folded(
    *(
        "展现量",
        "展现",
        "展示量",
        "展示数",
        "曝光量",
        "曝光",
        "曝光数",
        "impression",
        "impressions",
    ),
    *(
        "点击量",
        "点击",
        "点击数",
        "click",
        "clicks",
        "阅读量",
        "阅读数",
        "观看量",
        "reads",
        "views",
    ),
    *("点击率", "ctr", "平均点击成本", "搜后阅读量", "新增种草人群", "I+TI人群数", "互动量"),
)
_ORDER = _folded("订单状态", "被推广者", "推广目标", "订单编号", "订单号", "推广时长", "投放时长")
_OWN_NOTES = _folded("涨粉", "观看量", "人均观看时长", "封面点击率", "弹幕", "涨粉数", "涨粉量")
_DEMAND = _folded(
    *(
        "竞争指数",
        "竞争水平",
        "月均搜索指数",
        "市场出价",
        "搜索指数",
        "搜索量",
        "月搜索量",
        "检索量",
    ),
    *("日检索量", "移动端日检索量", "PC日检索量", "search volume", "volume", "search_index"),
    *("search_index_w", "searches", "demand", "月均搜索量", "日均搜索量", "avg. monthly searches"),
    *("keyword difficulty", "月覆盖人次", "搜索热度", "热度", "搜索人气", "百度指数", "移动指数"),
)
_GOODS = _folded(
    *(
        "price",
        "价格",
        "售价",
        "到手价",
        "原价",
        "销量",
        "sales",
        "shop",
        "店铺",
        "店铺名称",
        "店铺名",
    ),
    *("商品id", "商品名称", "商品标题", "商品链接", "sku", "sku_id", "goods_id", "item_id", "库存"),
    *(
        "佣金",
        "佣金率",
        "佣金比例",
        "goods_name",
        "product_name",
        "商品价格",
        "shop_name",
        "商品名",
    ),
    *("成交额", "成交件数", "spu_id", "goods_title", "单价", "月销量", "product_id"),
)
_LIVE = _folded(
    *(
        "主播",
        "主播昵称",
        "开播时间",
        "直播间",
        "直播间id",
        "直播标题",
        "直播时长",
        "观看人数",
        "场观",
    ),
    *("观看人次", "在线人数", "峰值在线", "gmv", "销售额", "room_id", "live_id", "live_title"),
    *("下播时间", "平均停留时长", "viewer_count", "直播间标题", "直播场次", "人气峰值", "直播链接"),
)
_TOPIC = _folded(
    *(
        "view_num",
        "discuss_num",
        "话题名称",
        "话题名",
        "话题id",
        "topic_id",
        "topic_name",
        "话题链接",
    ),
    *(
        "参与人数",
        "浏览总量",
        "话题浏览量",
        "discuss_count",
        "topic_url",
        "话题参与人数",
        "话题热度",
    ),
)
_SENTIMENT = _folded(
    *("sentiment", "sentiment_score", "情感", "情感得分", "情感倾向", "情感分", "polarity", "情绪"),
    *("情感极性", "情感分类", "情感值", "情绪得分", "情感标签", "emotion", "positive_prob"),
)
_PLATFORMS = (
    ("Douyin", _folded("aweme_id", "aweme_url", "aweme_type", "sec_uid")),
    ("Tieba", _folded("tieba_id", "tieba_name", "tieba_link", "total_replay_num")),
    ("Bilibili", _folded("bvid", "aid", "video_danmaku", "video_favorite_count", "弹幕量")),
    ("Zhihu", _folded("voteup_count", "question_id", "content_url", "赞同数")),
    ("Kuaishou", _folded("viewd_count", "photo_id", "video_play_url")),
    ("Weibo", _folded("create_date_time", "weibo_id", "mblogid", "微博id", "微博正文", "微博内容")),
)
_HERE = _folded("xsec_token", "last_update_time", "tag_list", "liked_count", "collected_count")


def is_page(keys: Keys) -> bool:
    """A place of a note under a keyword."""
    return bool(keys & KEYWORDS) and bool(keys & frozenset(FOLDED["position"]))


def other_platform(keys: Keys) -> str:
    """The platform whose posts or comments these are; "" when nothing says another."""
    for name, signs in _PLATFORMS:
        if keys & signs and not keys >= fold_set("note_id", "collected_count"):
            return name
    if keys >= fold_set("video_id", "video_url") and not keys & fold_set("note_id"):
        return "a video platform"
    return ""


def fold_set(*names: str) -> Keys:
    """Folded headers, for comparisons."""
    return _folded(*names)


def is_comment(keys: Keys) -> bool:
    """Comments have ids, parents or texts of their own, whatever they repeat of their note."""
    inner = ends(keys)
    said = inner >= fold_set("content", "like_count") and bool(inner & NOTE_IDS)
    return bool(inner & _COMMENT) or (said and not inner & (TITLES | fold_set("desc")))


def is_creator(keys: Keys) -> bool:
    """People with followers or prices, and nothing that only a note has."""
    inner = ends(keys)
    if inner & (NOTE_IDS | NOTE_LINKS | TITLES) or inner & frozenset(FOLDED["collects"]):
        return False
    signs = len(inner & (_FANS | _CREATOR)) + len(inner & _PEOPLE)
    return bool(inner & (_FANS | _CREATOR)) and signs > 1


def is_own_notes(keys: Keys) -> bool:
    """The creator centre's list: notes by title and time, without ids."""
    without = not keys & (NOTE_IDS | NOTE_LINKS | LINKS)
    return bool(keys & TITLES) and without and len(keys & _OWN_NOTES) > 1


def is_outcome(keys: Keys) -> bool:
    """Spend with what it brought, or exposure of notes and keywords without their text."""
    if keys & _SPEND and keys & (_EXPOSURE | _ORDER):
        return True
    if keys & _ORDER and keys & (NOTE_IDS | NOTE_LINKS):
        return True
    named = bool(keys & (NOTE_IDS | NOTE_LINKS | KEYWORDS))
    return named and bool(keys & _EXPOSURE) and not keys & (TEXTS | _DEMAND | COUNTS)


def is_order(keys: Keys) -> bool:
    """Orders of 薯条: each row is a note that was paid for."""
    return bool(keys & _ORDER) and bool(keys & _SPEND)


def is_demand(keys: Keys) -> bool:
    """Words with how often they are searched, and no note."""
    named = bool(keys & KEYWORDS) or keys >= {"keyword"}
    return named and bool(keys & _DEMAND) and not keys & (NOTE_IDS | NOTE_LINKS | TITLES)


def is_word_list(keys: Keys) -> bool:
    """Words and nothing of notes: a list to ask about, not rows to import."""
    named = keys & (KEYWORDS | fold_set("词"))
    return bool(named) and not keys & (NOTE_IDS | LINKS | TEXTS | COUNTS)


def is_goods(keys: Keys) -> bool:
    return len(keys & _GOODS) > 1 and not _notes_own(keys)


def is_live(keys: Keys) -> bool:
    return len(keys & _LIVE) > 1 and not _notes_own(keys)


def is_topic(keys: Keys) -> bool:
    return bool(keys & _TOPIC) and not _notes_own(keys)


def is_sentiment(keys: Keys) -> bool:
    """Scores over texts that lost their notes."""
    return bool(keys & _SENTIMENT) and not keys & (NOTE_IDS | LINKS)


def _notes_own(keys: Keys) -> bool:
    return bool(keys & (NOTE_IDS | NOTE_LINKS))


def is_note(keys: Keys) -> bool:
    """A note's id or link with a text or counts; or any link or `id` with more than a text."""
    inner = ends(keys)
    if inner & (NOTE_IDS | NOTE_LINKS):
        return bool(inner & (TEXTS | COUNTS))
    if inner & LINKS:
        return bool(inner & TEXTS)
    if not inner & frozenset(FOLDED["weak_id"]):
        return False
    return bool(inner & TEXTS) and bool(inner & COUNTS or (inner & TITLES and inner & BODIES))
