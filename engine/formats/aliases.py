"""What exporters call the fields of a note: our field -> the headers seen, the best first."""

from __future__ import annotations

from collections.abc import Mapping

Columns = Mapping[str, tuple[str, ...]]

ALIASES: Columns = {
    "note_id": (
        *("note_id", "笔记id", "作品id", "笔记编号", "帖子id", "笔记/素材id", "文章id", "内容id"),
        *("素材id", "笔记唯一id", "feed_id", "xhs_note_id", "笔记序列号", "note_card.note_id"),
    ),
    "url": (
        *(
            "note_url",
            "笔记链接",
            "笔记url",
            "作品链接",
            "笔记地址",
            "笔记官方地址",
            "官方笔记地址",
        ),
        *(
            "笔记原文链接",
            "原文链接",
            "笔记网址",
            "笔记标题.link",
            "标题.link",
            "note_link",
            "帖子链接",
        ),
        *(
            "内容链接",
            "笔记连结",
            "连结",
            "发布链接",
            "笔记详情链接",
            "share_link",
            "post_url",
            "url",
            "链接",
            "link",
        ),
        *("href", "网址", "地址"),
    ),
    "weak_id": ("id", "编号"),
    "title": (
        *("title", "标题", "笔记标题", "作品标题", "文章标题", "display_title", "note_title"),
        *("帖子标题", "内容标题", "标题/内容", "笔记名称"),
    ),
    "body": (
        *("body", "正文", "笔记正文", "笔记内容", "笔记详情", "描述", "作品描述", "笔记描述"),
        *("文本内容", "内容", "正文内容", "笔记文案", "文案", "文案内容", "帖子内容", "内容描述"),
        *("desc", "description", "content", "note_content", "note_desc", "text", "full_text"),
    ),
    "tags": (
        *("tags", "标签", "作品标签", "笔记标签", "话题", "话题标签", "笔记话题", "关联话题"),
        *("tag_list", "tag", "hashtags", "topics", "参与话题", "topic_list", "hash_tag"),
    ),
    "kind": (
        *("kind", "内容形式", "笔记类型", "作品类型", "笔记形式", "体裁", "内容体裁", "类型"),
        *("笔记体裁", "type", "note_type", "内容类型"),
    ),
    "label": ("笔记类型", "合作类型", "note_type", "笔记合作类型", "合作形式"),
    "author": ("author", "creator_hash", "author_key"),
    "author_id": (
        *("user_id", "author_id", "作者id", "用户id", "达人id", "博主id", "creator_id"),
        *("user.id", "author.id", "userid", "博主主页链接", "达人主页链接", "作者主页", "作者链接"),
        *(
            "用户主页url",
            "主页链接",
            "小红书主页",
            "小红书号",
            "达人小红书号",
            "red_id",
            "profile_url",
        ),
    ),
    "author_name": (
        *("nickname", "作者昵称", "昵称", "作者", "用户昵称", "博主昵称", "达人昵称", "用户名"),
        *("博主", "达人", "账号名称", "达人名称", "博主名称", "红人昵称", "红人名称", "作业昵称"),
        *("user_name", "author_name", "nick_name", "发布账号", "账号昵称", "user.name"),
        *("被推广者", "作者名称", "发布者", "author.name"),
    ),
    "fans": (
        *("fans", "粉丝数", "粉丝数量", "粉丝量", "博主粉丝量", "博主粉丝数", "达人粉丝数", "粉丝"),
        *("followers", "fans_count", "follower_count", "红人粉丝数", "作者粉丝数", "fans_num"),
    ),
    "published_at": (
        *("published_at", "发布时间", "笔记发布时间", "笔记发布日期", "发布日期", "上传时间"),
        *(
            "首次发布时间",
            "作品发布时间",
            "发文时间",
            "投稿时间",
            "发表时间",
            "发帖时间",
            "创建时间",
        ),
        *("publish_time", "publish_date", "pub_time", "create_time", "created_at", "time", "日期"),
        *("时间", "date", "timestamp", "note_create_time", "post_time", "published_time"),
    ),
    "likes": (
        *("likes", "点赞", "点赞数", "点赞量", "点赞数量", "获赞", "获赞数", "赞", "喜欢", "赞数"),
        *(
            "按赞数",
            "按赞",
            "笔记点赞数量",
            "笔记点赞数",
            "点赞次数",
            "liked_count",
            "like_count",
            "likes_count",
        ),
        *("like_cnt", "like", "like_num", "liked"),
    ),
    "collects": (
        *("collects", "收藏", "收藏数", "收藏量", "收藏数量", "收藏次数", "笔记收藏数量"),
        *("笔记收藏数", "collected_count", "collect_count", "favorites", "fav_cnt", "collect_cnt"),
        *("collect", "collect_num", "fav_num", "favorite_count"),
    ),
    "comments": (
        *("comments", "评论", "评论数", "评论量", "评论数量", "评论次数", "笔记评论数量"),
        *("笔记评论数", "comment_count", "comments_count", "cmt_cnt", "comment_cnt", "comment"),
        *("comment_num", "cmt_num"),
    ),
    "shares": (
        *("shares", "分享", "分享数", "分享量", "分享数量", "转发", "转发数", "转发量", "分享次数"),
        *("笔记转发数量", "笔记分享数", "share_count", "shared_count", "shares_count", "share_cnt"),
        *("share", "share_num", "转发数量"),
    ),
    "channel": ("channel", "流量类型"),
    "declared": (
        *("是否报备", "是否商业笔记", "是否商业合作", "是否合作笔记", "商业笔记", "是否为商业笔记"),
        *("is_ad", "is_advertise", "is_business", "is_ad_note", "is_commercial", "是否报备笔记"),
    ),
    "brand": (
        *("declared_brand", "报备品牌", "报备品牌企业号", "报备品牌名称", "商业合作品牌"),
        *("report_brand_name", "合作品牌", "报备企业号", "投放品牌"),
    ),
    "boosted": (
        *("boosted", "是否参与付费推广", "是否付费推广", "是否加热", "是否投流", "是否推广"),
        *("是否投放", "是否薯条", "付费推广", "是否投放广告", "是否加热笔记"),
    ),
    "boost": (  # counts of readers that were paid for
        *("推广数据.曝光量", "推广数据.阅读量", "加热数据.曝光量", "加热数据.阅读量"),
        *(
            "推广曝光量",
            "推广阅读量",
            "加热曝光量",
            "加热阅读量",
            "推广曝光",
            "推广阅读",
            "加热曝光",
        ),
        *("加热阅读", "推广互动量", "加热互动量", "广告曝光量", "广告阅读量", "薯条曝光量"),
    ),
    "captured_at": (
        *(
            "captured_at",
            "采集时间",
            "抓取时间",
            "爬取时间",
            "采集日期",
            "导出时间",
            "数据更新时间",
        ),
        *("last_modify_ts", "crawl_time", "crawled_at", "更新时间", "数据采集时间", "统计时间"),
    ),
    "keyword": ("keyword", "搜索关键词", "搜索词", "关键词", "source_keyword", "search_keyword"),
    "position": ("position", "关键词下排名", "搜索排名", "排名", "rank", "ranking"),
    "sort": ("sort", "排序方式", "排序", "sort_type"),
    "run": ("run", "采集批次", "批次", "run_id", "batch"),
    "filters": ("filters", "筛选条件"),
}
FIELDS = tuple(ALIASES)
