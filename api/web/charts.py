"""Charts as SVG from rows: no script, readable without one; a table stands beside each.

Colours and strokes are classes of the style sheet; every mark has a <title>.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from engine.model import CHINA

_WIDTH, _HEIGHT, _MARGIN = 640, 360, 48
_BAR, _LABEL, _COLOURS = 26, 110, 5
_APART = 14  # between two labels, at least
_PAD = 0.08  # of a decade, beside the outermost points


@dataclass(frozen=True, slots=True)
class Point:
    """A keyword: x and y in their units, size 0 to 1, a class for its colour."""

    label: str
    x: float
    y: float
    size: float
    kind: str


def scatter(points: Sequence[Point], x_label: str, y_label: str, title: str) -> Markup:
    """Points on axes; x is logarithmic (searches), y from 0 to 100 (difficulty)."""
    if not points:
        return Markup("")
    logs = [math.log10(1 + p.x) for p in points]
    least, wide = min(logs) - _PAD, max(max(logs) - min(logs), 0.3) + 2 * _PAD
    inner_w, inner_h = _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN
    marks = []
    for p in sorted(points, key=lambda p: -p.size):
        x = _MARGIN + (math.log10(1 + p.x) - least) / wide * inner_w
        y = _HEIGHT - _MARGIN - min(max(p.y, 0), 100) / 100 * inner_h
        tip = f"{p.label} · {x_label} {p.x:,.0f} · {y_label} {p.y:.0f}"
        r = 5 + 13 * math.sqrt(p.size)
        marks.append(
            f'<g class="dot k-{escape(p.kind)}"><circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}">'
            f"<title>{escape(tip)}</title></circle>"
            f'<text x="{x:.1f}" y="{y - r - 4:.1f}">{escape(p.label)}</text></g>'
        )
    lines = [
        f'<line x1="{_MARGIN}" y1="{y:.0f}" x2="{_WIDTH - _MARGIN}" y2="{y:.0f}"/>'
        f'<text x="{_MARGIN - 6}" y="{y + 4:.0f}" class="end">{value}</text>'
        for value in (0, 25, 50, 75, 100)
        for y in [_HEIGHT - _MARGIN - value / 100 * inner_h]
    ]
    for value in _ticks(least, least + wide):
        x = _MARGIN + (math.log10(1 + value) - least) / wide * inner_w
        y = _HEIGHT - _MARGIN + 18
        lines.append(f'<text x="{x:.0f}" y="{y}" class="mid">{value:,}</text>')
    box = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}"'
    return Markup(
        f'<svg class="chart" {box}>'
        f'<g class="axis">{"".join(lines)}'
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 8}" class="mid">{escape(x_label)}</text>'
        f'<text x="12" y="{_MARGIN - 20}">{escape(y_label)}</text></g>{"".join(marks)}</svg>'
    )


def _ticks(low: float, high: float) -> list[int]:
    """Round numbers whose logarithms lie between; at least two where there are any."""
    found: list[int] = []
    for leads in ((1, 2, 5), range(1, 10), range(10, 100)):
        numbers = (lead * 10**step for step in range(10) for lead in leads)
        found = [number for number in numbers if low <= math.log10(1 + number) <= high]
        if len(found) > 1:
            break
    return found[:: max(1, len(found) // 8)]


def bars(rows: Sequence[tuple[str, Sequence[tuple[str, float]]]], title: str) -> Markup:
    """A bar a row, from parts (class, share 0 to 1); the label and the sum are written."""
    if not rows:
        return Markup("")
    most = max(sum(value for _, value in parts) for _, parts in rows) or 1.0
    left, height = 150, _BAR * len(rows) + 8
    marks = []
    for at, (label, parts) in enumerate(rows):
        y, x = 4 + at * _BAR, float(left)
        whole = sum(value for _, value in parts)
        marks.append(f'<text x="{left - 8}" y="{y + 16}" class="end">{escape(label)}</text>')
        for kind, value in parts:
            wide = value / most * (_WIDTH - left - 70)
            tip = f"{label} · {kind} {value:.1%}"
            marks.append(f'<rect class="b-{escape(kind)}" x="{x:.1f}" y="{y}" width="{wide:.1f}"'
                         f' height="{_BAR - 8}"><title>{escape(tip)}</title></rect>')  # fmt: skip
            x += wide
        marks.append(f'<text x="{x + 6:.1f}" y="{y + 16}">{whole:.1%}</text>')
    return Markup(
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{escape(title)}">{"".join(marks)}</svg>'
    )


def lines(series: Mapping[str, Sequence[tuple[datetime, float]]], title: str) -> Markup:
    """A line a series over time; each point is (moment, share 0 to 1), its name at the end. One
    moment alone is no line: nothing is drawn."""
    moments = [at.timestamp() for points in series.values() for at, _ in points]
    if len(set(moments)) < 2:
        return Markup("")
    first, wide = min(moments), max(max(moments) - min(moments), 1.0)
    most = max(share for points in series.values() for _, share in points) or 1.0
    right, bottom = _WIDTH - _LABEL, _HEIGHT - _MARGIN

    def across(moment: float) -> float:
        return _MARGIN + (moment - first) / wide * (right - _MARGIN)

    def up(share: float) -> float:
        return bottom - share / most * (bottom - _MARGIN)

    axis = [
        f'<line x1="{_MARGIN}" y1="{up(share):.0f}" x2="{right}" y2="{up(share):.0f}"/>'
        f'<text x="{_MARGIN - 6}" y="{up(share) + 4:.0f}" class="end">{share:.0%}</text>'
        for share in (0.0, most / 2, most)
    ]
    axis += [
        f'<text x="{across(at):.0f}" y="{bottom + 18}" class="mid">'
        f"{datetime.fromtimestamp(at, CHINA):%Y-%m-%d}</text>"
        for at in sorted({min(moments), max(moments)})
    ]
    marks: list[str] = []
    labels: list[float] = []
    for number, (label, points) in enumerate(series.items()):
        places = [(across(at.timestamp()), up(share)) for at, share in points]
        tips = [escape(f"{label} · {at:%Y-%m-%d} · {share:.1%}") for at, share in points]
        dots = [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{tip}</title></circle>'
            for (x, y), tip in zip(places, tips, strict=True)
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        x, y = places[-1]
        while any(abs(y - other) < _APART for other in labels):
            y += _APART
        labels.append(y)
        marks.append(
            f'<g class="line l-{number % _COLOURS}"><polyline points="{path}"/>{"".join(dots)}'
            f'<text x="{x + 8:.1f}" y="{y + 4:.1f}">{escape(label)}</text></g>'
        )
    return Markup(
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        f' aria-label="{escape(title)}"><g class="axis">{"".join(axis)}</g>{"".join(marks)}</svg>'
    )
