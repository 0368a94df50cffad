"""Answers as the documentation shows them."""

from __future__ import annotations

from typing import Any

_STATE = {"index_version": 630, "rule_set": "balanced@1", "took_ms": 2.1}
_WHOLE = {"total": 1, "limit": None, "offset": 0, "next": None, **_STATE}
_ID = "6372b5da50be4a575fd9408b"
_NOTE = {
    "note_id": _ID,
    "kind": "image",
    "title": "敏感肌面霜怎么选",
    "body": "换季泛红，屏障修护最要紧。",
    "tags": "敏感肌,面霜",
    "brands": "沐禾集",
    "author": "8d6a3e8e7c9bc0d9",
    "fans": None,
    "published_at": "2026-10-01T20:15:00+08:00",
    "captured_at": "2026-10-31T09:00:00+08:00",
    "channel": "organic",
    "url": None,
    "likes": 12_000,
    "likes_at_least": False,
    "likes_precision": 500,
    "collects": 100_000,
    "collects_at_least": True,
    "collects_precision": 0,
    "comments": 9,
    "comments_at_least": False,
    "comments_precision": 0,
    "shares": None,
    "shares_at_least": None,
    "shares_precision": None,
}
_PLACE = {
    "position": 1,
    "note_id": _ID,
    "title": "敏感肌面霜怎么选",
    "snippet": "换季泛红，屏障修护最要紧。",
    "score": 14.2,
    "bm25": 12.1,
    "kind": "image",
    "author": "8d6a3e8e7c9bc0d9",
    "published_at": "2026-10-01T20:15:00+08:00",
    "likes": 12_000,
    "collects": 100_000,
    "comments": 9,
    "shares": None,
    "tags": "敏感肌,面霜",
    "brands": "沐禾集",
    "channel": "organic",
    "url": None,
}
_PAGE = {
    **_WHOLE,
    "total": 42,
    "limit": 1,
    "next": 1,
    "as_of": "2026-10-31T09:00:00+08:00",
    "did_you_mean": [],
    "notes": [],
}
_PARTS = [
    {"part": "bm25.title:面霜", "value": 12.1, "factor": None, "note": "weight 1, idf 1.204 …"},
    {"part": "sum", "value": 12.1, "factor": None, "note": "BM25, the sum of the rows above"},
    {"part": "rule.freshness", "value": 0.5, "factor": 1.1, "note": "1 + weight 0.2 × signal 0.5"},
    {"part": "product", "value": 13.31, "factor": None, "note": "the score: sum × all factors"},
]
_STANDING = {
    **_WHOLE,
    "total": 4,
    "note_id": _ID,
    "position": 1,
    "matching": 42,
    "score": 13.31,
    "sentence": "标题命中“面霜”，30 天前发布，互动在同页领先。",
}
_STATS = {
    "notes": 630,
    "authors": 211,
    "observations": 0,
    "tags": 480,
    "terms": 9120,
    "first_published": "2025-11-02T08:00:00+08:00",
    "last_published": "2026-10-30T21:40:00+08:00",
    "index_version": 630,
    "lexicon": "5f0c2a9be1d4",
    "rule_set": "balanced@1",
}
_IMPORT = {
    "path": "request",
    "format": "stream",
    "rows": 3,
    "added": 2,
    "updated": 0,
    "unchanged": 0,
    "rejected": 1,
    "warnings": "1 rows rejected, kept in rejected/request-5f0c2a9b.jsonl",
}
_REFUSED = {**_WHOLE, "rejected": [{"line": 2, "reason": "an array; send one object a line"}]}

_KEYWORD = {
    "keyword": "敏感肌面霜",
    "kind": "longtail",
    "intent": "consider",
    "weight": 0.08,
    "demand": 48_210,
    "demand_source": "聚光 护肤核心词",
    "supply": 3,
    "difficulty": 51.2,
    "opportunity": 62.4,
    "provenance": "来自 敏感肌 2 篇、面霜 2 篇 · 相关笔记 2/107，全库 2，z 1.5 · 话题 面霜、干皮",
    "examples": _ID,
}
_VOICE = {
    "keyword": "敏感肌面霜",
    "weight": 1.0,
    "brand": "沐禾集",
    "best_position": 1,
    "top3": 2,
    "top10": 4,
    "top20": 6,
    "top50": 10,
    "share": 0.134,
    "share_organic": 0.117,
    "share_declared": 0.017,
}
_PORTRAIT = {**_WHOLE, "portrait": "敏感肌通勤白领", "notes_read": 107, "left_out": 96}
_DRAFTED = {
    "keyword": "换季泛红",
    "weight": 0.02,
    "position_low": 1,
    "position": 3,
    "position_high": 3,
    "of": 19,
    "matched": "title:换季 tags:换季",
    "displaces": "65540c07de880fada5140132",
}
_DRAFTING = {
    "note_id": "draft-024b2850",
    "attention": 0.118,
    "attention_low": 0.118,
    "attention_high": 0.164,
    "share_before": {"沐禾集": 0.0949},
    "share_after": {"沐禾集": 0.0943},
    "cannibals": 1,
    "warnings": [],
    "scenarios": {"day 30 median": 24},
    "saturation": [0.54, 0.7, 0.78],
}
_ADVICE = {
    "edit": "标题以“打工人”开头，去掉“好物分享”（7/20 字）",
    "field": "title",
    "before": "换季护肤好物分享",
    "after": "打工人换季护肤",
    "keyword_moves": "打工人 30→1",
    "gain": 0.0752,
}
_FIDELITY = {
    "keyword": "防晒霜",
    "observed": 20,
    "kendall_tau": 0.9263,
    "rbo": 0.9804,
    "ndcg": 0.9997,
    "trust": "high",
}
_ORDER = {
    "order": "our rules",
    "tau": 0.853,
    "tau_low": 0.783,
    "tau_high": 0.92,
    "rbo": 0.928,
    "rbo_low": 0.9,
    "rbo_high": 0.955,
    "ndcg": 0.986,
    "ndcg_low": 0.971,
    "ndcg_high": 0.996,
}
_CHANGE = {
    "parameter": "boosts.title",
    "before": 3.0,
    "after": 2.899,
    "meaning": "标题里的词算正文里的 2.899 倍",
}
_HELD_OUT = {
    "pages": 12,
    "better": False,
    "fitted": "calibrated@1",
    "kept": False,
    "tau_old": 0.853,
    "tau_old_low": 0.783,
    "tau_old_high": 0.92,
    "tau_new": 0.908,
    "tau_new_low": 0.879,
    "tau_new_high": 0.934,
    "tau_difference": 0.054,
    "tau_difference_low": -0.009,
    "tau_difference_high": 0.128,
}
_JOB = {
    "job_id": "9f2c4e1ab07d5533",
    "kind": "import",
    "state": "running",
    "progress": 0.42,
    "created_at": "2026-11-01T09:00:00.000+08:00",
    "started_at": "2026-11-01T09:00:00.120+08:00",
    "ended_at": None,
    "error": None,
    "resumed": 0,
    "rows": 0,
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "extract": {
        "data": [{"keyword": "敏感肌", "score": 0.71, "kind": "crowd"}],
        "meta": _WHOLE,
    },
    "portrait_keywords": {"data": [_KEYWORD], "meta": _PORTRAIT},
    "opportunity": {"data": [{**_KEYWORD, "weight": 1.0}], "meta": _WHOLE},
    "rank_draft": {"data": [_DRAFTED], "meta": {**_WHOLE, **_DRAFTING}},
    "advise_draft": {"data": [_ADVICE], "meta": {**_WHOLE, "together": 0.0752}},
    "list_jobs": {"data": [_JOB], "meta": _WHOLE},
    "get_job": {"data": [_JOB], "meta": _WHOLE},
    "cancel_job": {"data": [_JOB], "meta": _WHOLE},
    "fidelity": {"data": [_FIDELITY], "meta": {**_WHOLE, "orders": [_ORDER], "missing": 0}},
    "calibrate": {"data": [_CHANGE], "meta": {**_WHOLE, **_HELD_OUT}},
    "visibility": {"data": [_VOICE], "meta": _WHOLE},
    "search": {"data": [_PLACE], "meta": _PAGE},
    "explain": {"data": _PARTS, "meta": _STANDING},
    "suggest": {"data": [{"keyword": "敏感肌", "notes": 42}], "meta": {**_WHOLE, "limit": 10}},
    "stats": {"data": [_STATS], "meta": _WHOLE},
    "get_note": {"data": [_NOTE], "meta": _WHOLE},
    "delete_note": {"data": [_NOTE], "meta": _WHOLE},
    "import_notes": {"data": [_IMPORT], "meta": _REFUSED},
}
