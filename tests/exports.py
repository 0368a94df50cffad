"""Exports that the tests write: noterank's own JSON lines, with texts made for the tests."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from engine.model import CHINA

NOW = datetime(2026, 10, 31, 9, tzinfo=CHINA)
_WORDS = """面霜 防晒 粉底液 敏感肌 油皮 通勤 空瓶 换季 泛红 保湿 清爽 平价 周末 露营 咖啡
拍照 穿搭 显瘦 早餐 低糖 收纳 租房 猫咪 跑步 瑜伽 眼影 口红 卸妆 精华 面膜 洗发水 香水"""
_CHOICE = _WORDS.split()
Row = Mapping[str, object]


def row(number: int, **changed: object) -> dict[str, object]:
    """A note by its number: always the same, and like no other."""
    dice = random.Random(number)
    words = [dice.choice(_CHOICE) for _ in range(12)]
    plain: dict[str, object] = {
        "note_id": f"n{number:05d}",
        "kind": "image",
        "title": f"{words[0]}和{words[1]} {number}",
        "body": f"{'，'.join(words[2:])}，第{number}天。{dice.getrandbits(80):x}",
        "tags": [words[3]],
        "author": f"{number % 50:016x}",
        "published_at": "2026-10-01T08:00:00+08:00",
        "captured_at": "2026-10-30T08:00:00+08:00",
        "likes": dice.randrange(500),
    }
    return {**plain, **changed}


def write(path: Path, rows: Iterable[Row | str]) -> Path:
    """A file of JSON lines; a text stands as it is."""
    with path.open("w", encoding="utf-8") as file:
        for known in rows:
            line = known if isinstance(known, str) else json.dumps(known, ensure_ascii=False)
            file.write(line + "\n")
    return path
