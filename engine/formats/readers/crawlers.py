"""Crawlers that write a note a row: MediaCrawler, XHS-Downloader, Spider_XHS."""

from __future__ import annotations

from engine.formats.aliases import Columns
from engine.formats.readers.reader import notes_reader, signs

MEDIACRAWLER: Columns = {
    "note_id": ("note_id",),
    "url": ("note_url",),
    "title": ("title",),
    "body": ("desc",),
    "tags": ("tag_list",),
    "kind": ("type",),
    "author": ("creator_hash",),
    "author_id": ("user_id",),
    "author_name": ("nickname",),
    "published_at": ("time",),
    "likes": ("liked_count",),
    "collects": ("collected_count",),
    "comments": ("comment_count",),
    "shares": ("share_count",),
    "captured_at": ("last_modify_ts",),
    "keyword": ("source_keyword",),
}
XHS_DOWNLOADER: Columns = {
    "note_id": ("作品ID",),
    "url": ("作品链接",),
    "title": ("作品标题",),
    "body": ("作品描述",),
    "tags": ("作品标签",),
    "kind": ("作品类型",),
    "author_id": ("作者ID", "作者链接"),
    "author_name": ("作者昵称",),
    "published_at": ("时间戳", "发布时间"),
    "likes": ("点赞数量",),
    "collects": ("收藏数量",),
    "comments": ("评论数量",),
    "shares": ("分享数量",),
    "captured_at": ("采集时间",),
}
SPIDER: Columns = {
    "note_id": ("笔记id",),
    "url": ("笔记url",),
    "title": ("标题",),
    "body": ("描述",),
    "tags": ("标签",),
    "kind": ("笔记类型",),
    "author_id": ("用户id", "用户主页url"),
    "author_name": ("昵称",),
    "published_at": ("上传时间",),
    "likes": ("点赞数量",),
    "collects": ("收藏数量",),
    "comments": ("评论数量",),
    "shares": ("分享数量",),
}
_MEDIACRAWLER = signs("note_id", "desc", "liked_count", "last_modify_ts")
_DOWNLOADER = signs("作品ID", "作品标题", "作品描述")
_SPIDER = signs("笔记id", "笔记url", "描述", "上传时间")

READERS = (
    notes_reader("mediacrawler-{}", _MEDIACRAWLER.issubset, MEDIACRAWLER, ordered=True),
    notes_reader("xhs-downloader-{}", _DOWNLOADER.issubset, XHS_DOWNLOADER),
    notes_reader("spider-xhs-{}", _SPIDER.issubset, SPIDER),
)
