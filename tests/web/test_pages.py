"""The pages without a browser: words in two languages, links, downloads, forms, and no script."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import httpx2
import openpyxl
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.web import shell
from engine.engine import Engine
from engine.model import Captured, Note
from tests.api.conftest import NOW, rows

EVIL = "<img src=x onerror=alert(1)>"
STATES = {
    "search": "/?q=面霜&against=relevance",
    "why": "/why?note_id=n01&q=面霜",
    "keywords": "/keywords?traits=敏感肌&interests=面霜,早C晚A&own=沐禾集",
    "fights": "/fights?keywords=面霜,敏感肌面霜,猫&map=1",
    "voice": "/voice?keywords=面霜,空瓶&own=沐禾集&rivals=SK2",
    "draft": "/draft?title=换季好物分享&body=面霜&tags=日常&keywords=面霜,敏感肌&advise=1",
    "data": "/data?propose=1",
}
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with Engine.open(tmp_path, create=True) as engine:
        engine.import_rows("test", rows(), NOW)
    with (
        Engine.open(tmp_path) as engine,
        TestClient(create_app(engine), "http://127.0.0.1", raise_server_exceptions=False) as made,
    ):
        yield made


@pytest.mark.parametrize("language", shell.LANGUAGES)
@pytest.mark.parametrize("name", STATES)
def test_every_page_answers_in_both_languages(client: TestClient, name: str, language: str) -> None:
    answer = client.get(f"{STATES[name]}&lang={language}")
    assert answer.status_code == 200, answer.text[:2000]
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 's")
    assert not re.search(r"<script(?! src=)|<[^>]*\s(?:on\w+|style)=", answer.text)
    assert "http://" not in answer.text.replace("http://127.0.0.1", "")
    assert len(answer.content) < 300_000


@pytest.mark.parametrize("name", ["search", "keywords", "fights", "voice", "draft", "data"])
def test_an_empty_page_says_what_to_do(client: TestClient, name: str) -> None:
    answer = client.get("/" if name == "search" else f"/{name}")
    assert answer.status_code == 200
    assert 'class="empty"' in answer.text


def test_catalogues_have_the_same_keys_and_templates_no_words_of_their_own() -> None:
    assert shell.catalogue("zh").keys() == shell.catalogue("en").keys()
    gaps = {
        key: [set(re.findall(r"{(\w+)}", shell.catalogue(each)[key])) for each in shell.LANGUAGES]
        for key in shell.catalogue("zh")
    }
    assert all(one == two for one, two in gaps.values())
    for path in (shell.HERE / "templates").glob("*.html"):
        text = re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.DOTALL)
        bare = re.sub(r"{%.*?%}|{{.*?}}|<[^>]*>", " ", text, flags=re.DOTALL)
        assert not HAN.search(bare), path.name
        assert not re.findall(r"[A-Za-z]{4,}", bare.replace("noterank", "").replace("Excel", "")), (
            path.name
        )


def test_a_browser_without_a_choice_gets_its_own_language(client: TestClient) -> None:
    for said, language in (("en-GB,en;q=0.9", "en"), ("zh-TW", "zh-CN"), ("", "zh-CN")):
        assert f'lang="{language}"' in client.get("/", headers={"Accept-Language": said}).text
    client.get("/?lang=en")
    assert 'lang="en"' in client.get("/", headers={"Accept-Language": "zh"}).text


def test_what_a_note_says_is_text_everywhere(client: TestClient) -> None:
    shown = "&lt;img src=x onerror=alert(1)&gt;"
    page = client.get("/?q=测评&lang=zh").text
    assert shown in page
    for state in STATES.values():
        assert EVIL not in client.get(state).text
    asked = client.get(f"/?q={quote(EVIL)}").text
    assert EVIL not in asked


@pytest.mark.parametrize(
    ("name", "columns"),
    [("keywords", "keyword"), ("fights", "keyword"), ("voice", "keyword"), ("draft", "keyword")],
)
def test_tables_sort_filter_and_download_by_their_address(
    client: TestClient, name: str, columns: str
) -> None:
    sheet = client.get(f"{STATES[name]}&format=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(sheet.content)).active
    head, *cells = book.iter_rows(values_only=True)
    assert head[0] == columns
    assert cells
    text = client.get(f"{STATES[name]}&format=csv&o=-weight").content.decode("utf-8-sig")
    assert text.startswith("keyword,")
    found = client.get(f"{STATES[name]}&f=面霜&o=-weight").text
    assert 'aria-sort="descending"' in found
    none = client.get(f"{STATES[name]}&f=没有这样的行").text
    assert shell.catalogue("zh")["no_rows"] in none


def test_a_table_goes_on_over_pages(client: TestClient) -> None:
    words = ",".join(f"面霜{number}" for number in range(120))
    first = client.get(f"/fights?keywords={words}")
    assert 'rel="next"' in first.text
    last = client.get(f"/fights?keywords={words}&p=3")
    assert 'rel="next"' not in last.text
    assert 'rel="prev"' in last.text


def test_a_refusal_is_a_page_with_the_cure(client: TestClient) -> None:
    for path, status in (
        ("/fights?set=none", 404),
        ("/keywords?traits=a&weigh=x", 422),
        ("/?q=面霜&against=best", 422),
        ("/why?note_id=zzz&q=面霜", 404),
    ):
        answer = client.get(path)
        assert answer.status_code == status, path
        assert 'role="alert"' in answer.text


def test_an_edit_is_a_link_to_the_edited_draft(client: TestClient) -> None:
    page = client.get(STATES["draft"]).text
    links = re.findall(r'class="button" href="([^"]+)"', page)
    assert links
    after = client.get(links[0].replace("&amp;", "&"))
    assert after.status_code == 200


def test_a_file_is_uploaded_and_its_job_shown(client: TestClient) -> None:
    table = "note_id,title,desc\nup1,青苔绿穿搭,周末\n,没有编号,x\n"
    answer = client.post("/data/upload", files={"file": ("export.csv", table.encode())})
    assert answer.status_code == 200  # after the redirect
    for _ in range(200):
        if 'data-state="done"' in client.get("/data").text:
            break
    assert client.get("/?q=青苔绿").text.count('class="card"') == 1
    rejected = re.findall(r'href="(/data/rejected/[^"]+)"', client.get("/data").text)
    assert "没有编号" in client.get(rejected[0]).text
    assert client.get("/data/rejected/..%2Fnotes.db").status_code == 404


def test_a_kept_set_can_be_chosen_elsewhere(client: TestClient) -> None:
    fields = {"name": "通勤", "traits": "敏感肌", "interests": "面霜"}
    answer = client.post("/keywords/keep", data=fields)
    assert answer.status_code == 200
    assert "面霜" in answer.text
    assert '<option value="通勤" selected>' in answer.text


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
)
def test_a_form_of_another_site_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    for path in ("/data/word", "/keywords/keep", "/data/upload"):
        answer = client.post(path, data={"word": "x", "traits": "敏感肌"}, headers=headers)
        assert answer.status_code == 422
        assert "another site" in answer.text


def test_a_new_word_is_refused_and_another_accepted(client: TestClient) -> None:
    client.post("/data/word", data={"word": "品牌合作", "verdict": "refuse"})
    answer = client.post("/data/word", data={"word": "青苔拿铁", "kind": "product"})
    assert answer.status_code == 200
    assert client.get("/readyz").status_code == 200


def test_a_share_that_is_kept_twice_is_a_line_over_time(client: TestClient, tmp_path: Path) -> None:
    asked = {"keywords": "面霜", "own": "沐禾集", "rivals": "SK2", "over": "月度"}
    link = "/voice?keywords=面霜&own=沐禾集&rivals=SK2"
    assert "over" not in re.findall(r'name="(\w+)"', client.get("/voice").text)
    assert 'class="line' not in client.get(link).text
    assert client.post("/voice/keep", data=asked).status_code == 200
    with Engine.open(tmp_path) as other:  # a month later a note of the brand is gone
        other.delete("n08")
        fresh = Captured(1, Note("n99", "面霜 平价", "学生党", published_at=NOW + timedelta(30)))
        other.import_rows("later", [fresh], NOW + timedelta(30))
    page = client.post("/voice/keep", data=asked)
    assert str(page.url).startswith("http://127.0.0.1/voice?keywords=")
    assert page.text.count('class="line') == 2  # brands
    assert page.text.count("<circle") == 4
    assert "2026-10-31" in page.text
    assert "2026-11-30" in page.text
    table = client.get(f"{link}&over=月度&format=csv&table=looks").content.decode("utf-8-sig")
    shares = [line.split(",")[3] for line in table.splitlines()[1:] if "沐禾集" in line]
    assert float(shares[0]) > float(shares[1]) == 0
    whole = client.get(f"{link}&over=月度&format=csv").content.decode("utf-8-sig")
    assert whole.startswith("keyword,")


def test_a_look_without_a_name_is_refused(client: TestClient) -> None:
    for name in (" ", "很" * 61):
        asked = {"keywords": "面霜", "own": "沐禾集", "over": name}
        answer = client.post("/voice/keep", data=asked)
        assert answer.status_code == 422
        assert "60" in answer.text


def test_two_tables_of_a_page_are_ordered_apart(client: TestClient) -> None:
    asked = {"keywords": "面霜", "own": "沐禾集", "rivals": "SK2", "over": "月度"}
    client.post("/voice/keep", data=asked)
    page = client.get(
        "/voice?keywords=面霜&own=沐禾集&over=月度&o=-share&lookso=brand&looksf=SK"
    ).text
    assert page.count("aria-sort=") == 2
    assert page.count('aria-sort="descending"') == 1
    assert 'name="looksf" value="SK"' in page


def test_weights_and_dropped_words_are_set_in_the_table(client: TestClient) -> None:
    page = client.get(STATES["keywords"])
    assert 'name="weight:面霜"' in page.text
    form = {
        "traits": "敏感肌", "interests": "面霜,早C晚A", "own": "沐禾集", "drop": "咖啡",
        "weigh": "早C晚A=0.3,没有=0.2", "weight:面霜": " 0.25 ", "weight:早C晚A": "",
        "dropped": ["敏感肌", "空瓶"],
    }  # fmt: skip
    answer = client.post("/keywords/edit", data=form, follow_redirects=False)
    assert answer.status_code == 303
    asked = httpx2.URL(answer.headers["location"]).params
    assert (asked["weigh"], asked["drop"]) == ("没有=0.2,面霜=0.25", "咖啡,敏感肌,空瓶")
    assert asked["traits"] == "敏感肌"
    page = client.get(answer.headers["location"])
    assert 'name="weight:面霜" value="0.25"' in page.text
    assert 'name="weight:敏感肌"' not in page.text
    wrong = client.post("/keywords/edit", data={**form, "weight:面霜": "多"})
    assert wrong.status_code == 422


def test_a_draft_is_compared_with_what_it_was_before_the_edits(client: TestClient) -> None:
    page = client.get(STATES["draft"])
    assert 'class="summary before"' not in page.text
    link = re.findall(r'class="button" href="([^"]+)"', page.text)[-1].replace("&amp;", "&")
    assert httpx2.URL(link).params["title0"] == "换季好物分享"
    after = client.get(link).text
    assert 'class="summary before"' in after
    table = client.get(f"{link}&format=csv").content.decode("utf-8-sig").splitlines()
    assert table[0].split(",")[2] == "before"
    first = client.get(STATES["draft"] + "&format=csv").content.decode("utf-8-sig").splitlines()
    places = [(old.split(",")[0], old.split(",")[3]) for old in first[1:]]
    assert [(new.split(",")[0], new.split(",")[2]) for new in table[1:]] == places


def test_a_column_of_numbers_stands_to_the_right_known_or_not(client: TestClient) -> None:
    page = client.get("/fights?keywords=面霜,猫").text
    assert '<th scope="col" class="n">' in page
    assert '<td class="n">' in page
