"""Crawls that never were: MediaCrawler lines of realistic notes, put together from the sample.

Bodies are sentences of many sample notes in a new order, about 383 characters; nothing of them is
a note that somebody wrote. The same number gives the same file.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import material

_LENGTH = 383  # characters of a body
_END = re.compile(r"(?<=[。！？\n])")
_EDITS = "真的呢啊哦吧呀～"


def write(path: Path, count: int, copies: float = 0.0) -> Path:
    """A crawl of `count` notes; `copies` is the share of near-copies of an earlier note."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows(count, copies):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def rows(count: int, copies: float = 0.0) -> Iterator[dict[str, str]]:
    """The rows of such a crawl, strings as MediaCrawler writes them."""
    dice = random.Random(20261)
    sample = material.corpus_notes()
    sentences = sorted(
        {part.strip() for note in sample for part in _END.split(note.body) if len(part) > 8}
    )
    originals: list[tuple[str, str]] = []
    for number in range(count):
        if originals and dice.random() < copies:
            title, body = dice.choice(originals)
            place = dice.randrange(len(body))
            body = f"{body[:place]}{dice.choice(_EDITS)}{body[place:]}"
        else:
            title, body = dice.choice(sample).title, _body(dice, sentences)
            originals.append((title, body))
        yield _row(dice, number, title, body)


def _body(dice: random.Random, sentences: list[str]) -> str:
    length = max(40, round(dice.gauss(_LENGTH, 90)))
    parts: list[str] = []
    while sum(map(len, parts)) < length:
        parts.append(dice.choice(sentences))
    return "".join(parts)[:length]


def _row(dice: random.Random, number: int, title: str, body: str) -> dict[str, str]:
    likes = int(dice.lognormvariate(4, 2))
    published = 1_750_000_000_000 + dice.randrange(40_000_000_000)
    note_id = f"{dice.getrandbits(96):024x}"
    return {
        "note_id": note_id,
        "type": dice.choice(("normal", "normal", "video")),
        "title": title,
        "desc": body,
        "video_url": "",
        "time": str(published),
        "last_update_time": str(published),
        "user_id": f"{dice.randrange(count_of_authors(number)):024x}",
        "nickname": f"作者{dice.randrange(9999)}",
        "avatar": "https://sns-avatar.example/avatar.jpg",
        "liked_count": str(likes) if likes < 10_000 else f"{likes / 10_000:.1f}万",
        "collected_count": str(likes // 3),
        "comment_count": str(likes // 9),
        "share_count": str(likes // 20),
        "ip_location": "上海",
        "image_list": "https://sns-img.example/1.jpg,https://sns-img.example/2.jpg",
        "tag_list": ",".join(dice.sample(_TAGS, 4)),
        "last_modify_ts": str(1_793_000_000_000 + number),
        "note_url": f"https://www.example.test/explore/{note_id}",
        "source_keyword": _TAGS[number // 200 % len(_TAGS)],
    }


def count_of_authors(number: int) -> int:
    """Authors that a crawl of so many notes has met: one in three notes is by a new one."""
    return number // 3 + 1


_TAGS = [
    "敏感肌",
    "油皮",
    "面霜",
    "防晒霜",
    "早C晚A",
    "通勤穿搭",
    "露营装备",
    "咖啡",
    "猫咪",
    "粉底液",
    "平价护肤",
    "学生党",
    "换季",
    "空瓶记",
    "好物分享",
    "抗老",
    "美白",
    "祛痘",
    "洗面奶",
    "精华",
]
