"""A brand analyst walks through the pages in a real browser, in both languages."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import uvicorn

from api.app import create_app
from engine.engine import Engine
from engine.model import Captured, Note
from tests.api.conftest import NOW
from tests.insight.library import notes

pytest.importorskip("playwright", reason="a browser: `uv run --group dev pytest -n 0 -m slow`")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EVIL = Note("evil", title="<img src=x onerror=alert(1)>", body="面霜测评 <script>alert(2)</script>")


@dataclass
class Watched:
    """A page with all that went wrong on it."""

    page: Page
    home: str
    wrong: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        answer = self.page.goto(self.home + path)
        assert answer is not None
        assert answer.status == 200, path

    def sound(self, accessible: bool = True) -> None:
        """No error, nothing off this machine, nothing serious that axe finds, no overflow."""
        assert self.wrong == []
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
        if accessible:
            found = Axe().run(self.page).response["violations"]
            bad = [(v["id"], [n["html"][:120] for n in v["nodes"][:2]])
                   for v in found if v["impact"] in ("serious", "critical")]  # fmt: skip
            assert bad == []


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("pages")
    with Engine.open(folder, create=True) as engine:
        rows = (Captured(n, note) for n, note in enumerate([*notes(), EVIL], 1))
        engine.import_rows("corpus", rows, NOW)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Engine.open(folder) as engine:
        server = uvicorn.Server(uvicorn.Config(create_app(engine), port=port, log_level="error"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            thread.join(0.05)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("CI installs chromium, and it is not there")
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(params=[("zh-CN", 1440), ("en-US", 360)], ids=["zh", "en-360px"])
def analyst(browser: Browser, home: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    locale, wide = request.param
    yield from watched(browser, home, locale=locale, viewport={"width": wide, "height": 900})


def watched(browser: Browser, home: str, **options: Any) -> Iterator[Watched]:
    context = browser.new_context(**options)
    seen = Watched(context.new_page(), home)

    def asked(url: str) -> None:
        if urlsplit(url).scheme in ("http", "https") and not url.startswith(home):
            seen.wrong.append(f"asked {url}")

    seen.page.on("console", lambda m: seen.wrong.append(m.text) if m.type == "error" else None)
    seen.page.on("pageerror", lambda error: seen.wrong.append(str(error)))
    seen.page.on("request", lambda r: asked(r.url))
    seen.page.on("dialog", lambda dialog: seen.wrong.append(f"dialog {dialog.message}"))
    yield seen
    context.close()


def test_search_completes_compares_and_explains(analyst: Watched) -> None:
    page = analyst.page
    analyst.go("/")
    page.locator("input[name=q]").press_sequentially("敏感")
    page.locator("#suggestions option").first.wait_for(state="attached")
    page.fill("input[name=q]", "敏感肌面霜")
    page.select_option("select[name=against]", "relevance")
    page.click("form[role=search] button")
    assert page.locator("section .card").count() > 10
    assert page.locator(".move").count() > 3
    assert page.locator("mark").count() > 3
    analyst.sound()
    page.locator(".why a").first.click()
    assert page.locator("tbody tr").count() > 3
    analyst.sound()


def test_a_portrait_becomes_a_set_that_is_kept_and_fought_for(analyst: Watched) -> None:
    page = analyst.page
    analyst.go("/keywords")
    analyst.sound()
    page.fill("input[name=name]", f"画像{page.viewport_size['width']}")  # type: ignore[index]
    page.fill("input[name=traits]", "敏感肌，打工人")
    page.fill("input[name=interests]", "面霜，早C晚A")
    page.click("form.grid button")
    before = page.locator(".listing tbody tr").count()
    assert before > 10
    analyst.sound()
    page.locator("details summary").first.click()
    page.locator("input[name='dropped']").last.check()
    page.locator("input[name^='weight:']").first.fill("0.2")
    page.click("form#edits button")
    assert page.input_value("input[name=weigh]").endswith("=0.2")
    assert page.input_value("input[name=drop]") != ""
    assert page.locator(".listing tbody tr").count() >= before - 1
    analyst.sound()
    with page.expect_download() as download:
        page.click("text=Excel")
    assert download.value.suggested_filename == "keywords.xlsx"
    page.click("form.inline button")
    page.wait_for_url("**/fights*")
    assert page.locator(".listing tbody tr").count() > 10
    page.locator("thead a").nth(3).click()
    assert page.locator("th[aria-sort]").count() == 1
    analyst.sound()


def test_fights_and_shares_have_charts_with_tables(analyst: Watched) -> None:
    page = analyst.page
    analyst.go(f"/fights?keywords={quote('面霜，敏感肌面霜，咖啡')}&map=1")
    assert page.locator(".listing tbody tr").count() == 3
    analyst.sound()
    analyst.go(
        f"/voice?keywords={quote('面霜，精华')}&own={quote('沐禾集')}&rivals={quote('初棠')}"
    )
    assert page.locator("svg[role=img] rect").count() > 2
    assert page.locator(".listing tbody tr").count() == 4
    analyst.sound()
    page.fill("input[name=over]", f"月度{page.viewport_size['width']}")  # type: ignore[index]
    page.click("form[action='/voice/keep'] button")
    assert page.locator(".listing").count() == 2
    analyst.sound()


def test_a_draft_is_placed_edited_by_a_button_and_placed_again(analyst: Watched) -> None:
    page = analyst.page
    analyst.go("/draft")
    page.fill("input[name=title]", "换季护肤好物分享 OK")
    assert page.inner_text("output[data-count=title]") == "10 / 20"
    page.fill("textarea[name=body]", "最近换季，晚上只留一层面霜。\n早上赶地铁。")
    page.fill("input[name=tags]", "换季，我的日常")
    page.fill("textarea[name=keywords]", "打工人\n敏感肌面霜\n换季")
    page.check("input[name=advise]")
    page.click("form.grid button")
    assert page.locator(".listing tbody tr").count() == 3
    before = page.inner_text(".summary")
    assert page.locator(".advice li").count() >= 1
    analyst.sound()
    page.locator(".advice a.button").last.click()
    assert page.inner_text(".summary >> nth=0") != before
    assert page.locator(".summary.before").count() == 1
    analyst.sound()


def test_a_file_is_uploaded_and_its_progress_shown(analyst: Watched, tmp_path: Path) -> None:
    page = analyst.page
    path = tmp_path / "export.csv"
    path.write_text("note_id,title,desc\nup1,青苔绿穿搭,周末\n,没有编号,x\n", "utf-8")
    analyst.go("/data")
    page.set_input_files("input[type=file]", path)
    page.click("form[action='/data/upload'] button")
    page.wait_for_selector("tr[data-state=done]")
    analyst.sound()
    analyst.go("/data?propose=1")
    analyst.sound()


def test_a_note_that_is_markup_is_shown_as_text(analyst: Watched) -> None:
    analyst.go(f"/?q={quote('测评')}")
    assert analyst.page.get_by_text("<img src=x onerror=alert(1)>").count() >= 1
    assert analyst.page.locator("img").count() == 0
    analyst.sound()


def test_the_language_is_switched_and_remembered(analyst: Watched) -> None:
    analyst.go("/?lang=en")
    analyst.go("/data")
    assert analyst.page.inner_text("h1") == "Data"
    analyst.page.click("text=中文")
    assert analyst.page.inner_text("h1") == "数据"
    analyst.sound()


def test_search_works_without_a_script(browser: Browser, home: str) -> None:
    for seen in watched(browser, home, java_script_enabled=False, locale="zh-CN"):
        seen.go("/")
        seen.page.fill("input[name=q]", "面霜")
        seen.page.click("form[role=search] button")
        assert seen.page.locator(".card").count() == 20
        seen.page.click("a[rel=next]")
        assert seen.page.locator(".card").count() >= 1
        assert seen.wrong == []


def test_print_shows_the_page_and_not_its_tools(browser: Browser, home: str) -> None:
    for seen in watched(browser, home, locale="zh-CN"):
        seen.go(f"/?q={quote('面霜')}")
        seen.page.emulate_media(media="print")
        assert not seen.page.is_visible("form[role=search]")
        assert seen.page.is_visible(".card")
