"""Portrait files: whom we want to reach, in 5W1H; TOML or JSON, checked, with presets.

```toml
name = "油痘肌大学生"
preset = "Z世代"            # optional: one, or a list; the file's own words come on top
[who]    age = [18, 24]  gender = "女"  city_tier = ["二线"]  traits = ["油皮", "痘痘肌"]
[why]    goals = ["控油", "祛痘"]
[when]   moments = ["军训", "换季"]
[where]  places = ["宿舍"]
[what]   interests = ["平价护肤", "防晒"]
[how]    budget = "单件 100 元以内"  format = ["图文"]
[brands] own = ["岚屿"]  rivals = ["沐禾集"]
[exclude] words = ["医美"]
[evidence] saved = ["note id", …]  comments = ["油皮用会闷痘吗", …]
```
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.errors import BadPortrait

_NAME = 60  # characters
_WORDS, _WORD = 100, 40  # words per list, characters per word
_TEXTS, _TEXT = 10_000, 500  # comments
_LISTS: Mapping[str, tuple[str, ...]] = {
    "who": ("city_tier", "traits"),
    "why": ("goals",),
    "when": ("moments",),
    "where": ("places",),
    "what": ("interests",),
    "how": ("format",),
    "brands": ("own", "rivals"),
    "exclude": ("words",),
    "evidence": ("saved", "comments"),
}
_PLAIN = {"who": ("age", "gender"), "how": ("budget",)}
_TRAITS: Mapping[str, tuple[str, float]] = {  # lists searched in the library, weights
    "what.interests": ("interests", 3.0),
    "who.traits": ("traits", 2.0),
    "why.goals": ("goals", 2.0),
    "when.moments": ("moments", 1.0),
    "where.places": ("places", 0.5),
}


@dataclass(frozen=True, slots=True)
class Trait:
    """One word of a portrait: the part that holds it, and its weight in the query."""

    part: str
    word: str
    weight: float


@dataclass(frozen=True, slots=True)
class Portrait:
    """A group of people in 5W1H; an empty value was not given."""

    name: str
    age: tuple[int, int] | None = None
    gender: str = ""
    city_tier: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    budget: str = ""
    format: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    words: tuple[str, ...] = ()  # excluded
    saved: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()

    def search_traits(self) -> list[Trait]:
        """Lists the words to search in the library, each once, the heaviest part first."""
        traits: dict[str, Trait] = {}
        for part, (name, weight) in _TRAITS.items():
            for word in getattr(self, name):
                traits.setdefault(word, Trait(part, word, weight))
        return list(traits.values())

    def table(self) -> dict[str, Any]:
        """The portrait as its file's table; empty values are left out."""
        table: dict[str, Any] = {"name": self.name}
        for section, names in _LISTS.items():
            for name in (*_PLAIN.get(section, ()), *names):
                if value := getattr(self, name):
                    table.setdefault(section, {})[name] = (
                        list(value) if isinstance(value, tuple) else value
                    )
        return table


def presets() -> tuple[str, ...]:
    """Lists the names of the built-in portraits."""
    return tuple(_presets())


def preset(name: str) -> Portrait:
    """Returns a built-in portrait. Raises BadPortrait with the names that exist."""
    return from_table({"name": name, "preset": name}, _Place(name, ""))


def read(path: Path) -> Portrait:
    """Reads a portrait file. Raises BadPortrait with file, line and cure."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadPortrait(f"{path} is not UTF-8", "save it as UTF-8") from error
    return parse(text, str(path))


def parse(text: str, name: str) -> Portrait:
    """Parses a portrait's text: JSON when it begins with a brace, otherwise TOML.

    Raises BadPortrait with line and cure; `name` stands for the file in the message.
    """
    place = _Place(name, text)
    try:
        table = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except json.JSONDecodeError as error:
        raise BadPortrait(f"{name}, line {error.lineno}: {error.msg}", "mend the JSON") from error
    except tomllib.TOMLDecodeError as error:
        raise BadPortrait(f"{name}: {error}", 'write lines like traits = ["油皮"]') from error
    except RecursionError as error:
        raise BadPortrait(f"{name} is nested too deeply", "a portrait has two levels") from error
    return from_table(table, place)


class _Place:
    """Finds where a key stands in a file, for error messages."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._lines = text.splitlines()

    def of(self, section: str, key: str = "") -> str:
        """Returns `file, line N` of a section or of a key in it; the file alone when there is
        none."""
        start = self._find(section, 0) if section else 0
        if start is not None and key:
            start = self._find(key, start)
        return self.name if start is None else f"{self.name}, line {start + 1}"

    def _find(self, key: str, start: int) -> int | None:
        pattern = re.compile(rf"\[{key}\]|\b{key}\"?\s*[=:]")
        lines = range(start, len(self._lines))
        return next((number for number in lines if pattern.search(self._lines[number])), None)


def from_table(table: Any, place: _Place | None = None) -> Portrait:
    """Builds a portrait from its parsed table. Raises BadPortrait for a part that does not fit."""
    place = place or _Place("portrait", "")
    if not isinstance(table, dict):
        raise BadPortrait(f"{place.name} is no table", 'begin with name = "…"')
    for key in table:
        if key not in ("name", "preset", *_LISTS):
            where = place.of("", re.escape(str(key)))
            raise BadPortrait(
                f"{where}: '{key}' is no part of a portrait", f"use {', '.join(_LISTS)}"
            )
    name = table.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > _NAME:
        raise BadPortrait(f"{place.of('', 'name')}: no name", f"give 1 to {_NAME} characters")
    values = _from_presets(table.get("preset", ()), place)
    for section in _LISTS:
        _section(values, section, table.get(section, {}), place)
    portrait = Portrait(name.strip(), **values)
    if not portrait.search_traits():
        raise BadPortrait(
            f"{place.name} says nothing to look for", "give [what] interests or [who] traits"
        )
    return portrait


@cache
def _presets() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "presets.toml").read_text("utf-8"))


def _from_presets(names: Any, place: _Place) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in [names] if isinstance(names, str) else names:
        if name not in _presets():
            raise BadPortrait(
                f"{place.of('', 'preset')}: no preset '{name}'", f"use {', '.join(_presets())}"
            )
        for section, entries in _presets()[name].items():
            _section(values, section, entries, place)
    return values


def _section(values: dict[str, Any], section: str, entries: Any, place: _Place) -> None:
    if not isinstance(entries, dict):
        raise BadPortrait(f"{place.of(section)}: {section} is no table", f"write [{section}]")
    plain = _PLAIN.get(section, ())
    for key, value in entries.items():
        where = place.of(section, re.escape(str(key)))
        if key in plain:
            values[key] = _age(value, where) if key == "age" else _text(value, where, key)
        elif key in _LISTS[section]:
            present = values.get(key, ())
            values[key] = tuple(dict.fromkeys((*_words(value, where, key), *present)))
        else:
            raise BadPortrait(
                f"{where}: '{key}' is no part of [{section}]",
                f"use {', '.join((*plain, *_LISTS[section]))}",
            )


def _age(value: Any, where: str) -> tuple[int, int]:
    is_pair = isinstance(value, list) and len(value) == 2
    if not is_pair or not all(type(year) is int for year in value):
        raise BadPortrait(f"{where}: age is no pair of years", "write age = [25, 30]")
    young, old = value
    if not 0 <= young <= old <= 120:
        raise BadPortrait(f"{where}: nobody is {young} to {old}", "write age = [25, 30]")
    return young, old


def _text(value: Any, where: str, key: str) -> str:
    if not isinstance(value, str) or len(value) > _TEXT:
        raise BadPortrait(f"{where}: {key} is no short text", f'write {key} = "…"')
    return value.strip()


def _words(value: Any, where: str, key: str) -> Sequence[str]:
    max_words, longest = (_TEXTS, _TEXT) if key in ("saved", "comments") else (_WORDS, _WORD)
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise BadPortrait(f"{where}: {key} is no list of words", f'write {key} = ["…", "…"]')
    if len(value) > max_words:
        raise BadPortrait(
            f"{where}: {len(value):,} entries in {key}", f"give at most {max_words:,}"
        )
    too_long = next((word for word in value if len(word) > longest), None)
    if too_long is not None:
        raise BadPortrait(
            f"{where}: '{too_long[:20]}…' is too long", f"at most {longest} characters"
        )
    return [word.strip() for word in value if word.strip()]
