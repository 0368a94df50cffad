"""README's recipes for Excel, Grafana and pandas: their addresses answer as they say."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
ADDRESSES = sorted(set(re.findall(r"http://127\.0\.0\.1:8080(/api[^\s\"]+)", README)))


def test_the_recipes_are_there() -> None:
    assert len(ADDRESSES) >= 3


@pytest.mark.parametrize("address", [a for a in ADDRESSES if "?q=" in a])
def test_each_address_answers(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    if "format=csv" in address:
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[0][0] == "position"
        assert len(rows) > 1
    elif "shape=rows" in address:
        assert isinstance(answer.json(), list)


def test_the_grafana_panel_names_columns_that_rows_have(client: TestClient) -> None:
    (block,) = re.findall(r"```json\n(\{\"type\": \"json\".*?)```", README, re.DOTALL)
    panel = json.loads(block)
    (row, *_) = client.get(panel["url"].removeprefix("http://127.0.0.1:8080")).json()
    for column in panel["columns"]:
        kinds: tuple[type, ...] = {"number": (int, float), "string": (str,)}[column["type"]]
        assert isinstance(row[column["selector"]], kinds)
