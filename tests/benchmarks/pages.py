"""Pages in headless Chromium on this machine: weight on the wire, and time to usable.

    uv run --group bench python -m tests.benchmarks pages

The server and its notes are those of `http`. Each page is opened in a fresh context, so that
nothing is cached; usable is the browser's `load` event (markup, style and script are there, the
table is drawn), counted from the start of the navigation. Printed: requests, kB on the wire (with
headers), the median and the slowest of the runs. Words of each run are new: no answer is kept.
"""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator
from itertools import count
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks.serving import HOME, running

RUNS = 5
_USABLE = "performance.getEntriesByType('navigation')[0].loadEventStart"
_WEIGHT = """performance.getEntries().filter(e => e.transferSize !== undefined)
.map(e => [e.name, e.transferSize])"""


def table() -> None:
    """Print the weight of each page and the time until it can be used."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("pages: no chromium on this machine")
        return
    with running() as (notes, words), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        print(f"pages: {notes:,} notes, cold, median (slowest) of {RUNS}")
        for name, addresses in _pages(words).items():
            _measure(browser, name, addresses)
        browser.close()


def _pages(words: list[str]) -> dict[str, Iterator[str]]:
    def several(most: int) -> Iterator[str]:
        return (quote(",".join(words[run * most : (run + 1) * most])) for run in count())

    body = quote("换季护肤好物分享，敏感肌也能用的面霜。" * 10)
    return {
        "search": (f"/?q={quote(word)}" for word in words),
        "search, two rule sets": (f"/?q={quote(w)}&against=relevance" for w in words[50:]),
        "keywords of a portrait": (f"/keywords?traits={quote(w)}" for w in words[99:]),
        "fights, 50 keywords": (f"/fights?keywords={k}" for k in several(50)),
        "voice, 50 keywords": (f"/voice?keywords={k}&own=SK-II" for k in several(50)),
        "draft, 50 keywords": (f"/draft?title=1&body={body}&keywords={k}" for k in several(50)),
        "data": (f"/data?x={run}" for run in count()),
        "a table of 1,000 rows": (f"/voice?keywords={k}&own=A&n=1000" for k in several(1000)),
    }


def _measure(browser: Browser, name: str, addresses: Iterator[str]) -> None:
    times, weights, requests = [], [], 0
    for run in range(RUNS + 1):
        context = browser.new_context()
        page = context.new_page()
        answer = page.goto(HOME + next(addresses), wait_until="load")
        assert answer is not None
        assert answer.ok, (name, answer.status)
        if run:  # the first one warms the server and the browser
            times.append(float(page.evaluate(_USABLE)))
            seen = page.evaluate(_WEIGHT)
            weights.append(sum(size for _, size in seen) / 1000)
            requests = len(seen)
        context.close()
    middle, worst = statistics.median(times), max(times)
    print(f"  {name:24} {requests} requests {statistics.median(weights):6.0f} kB"
          f" {middle:6.0f} ms ({worst:.0f})")  # fmt: skip
