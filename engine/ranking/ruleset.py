"""A rule set: one versioned TOML file of weights, checked key by key."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import tomli_w

from engine.errors import BadOption, BadRules
from engine.index.protocol import Scoring
from engine.model import QueryWeights

PRESETS = Path(__file__).parent / "presets"
DEFAULT = "balanced"


@dataclass(frozen=True, slots=True)
class Engagement:
    """Factor 1 + weight × log(1 + Σ weight × count) / log(1 + full), at most 1 + weight."""

    weight: float
    likes: float = 1.0
    collects: float = 1.0
    comments: float = 1.0
    shares: float = 1.0
    full: float = 10000.0
    unknown: float = 0.35


@dataclass(frozen=True, slots=True)
class Freshness:
    """Factor 1 + weight × 2^(-age / half_life_days)."""

    weight: float
    half_life_days: float = 90.0
    unknown: float = 0.35


@dataclass(frozen=True, slots=True)
class Format:
    """Factor 1 + weight × (video, image or unknown)."""

    weight: float
    video: float = 0.0
    image: float = 0.0
    unknown: float = 0.0


Rule = Engagement | Freshness | Format


@dataclass(frozen=True, slots=True)
class PageRules:
    """How the window becomes a page after scoring.

    `window` counts the notes that the rules score; `same_author` is the most notes of one author
    among ten places in a row, 0 for no limit.
    """

    window: int = 1000
    collapse_copies: bool = True
    same_author: int = 0
    sort_floor: float = 0.5


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything that decides an order, with a name and a version."""

    name: str
    version: int
    scoring: Scoring
    query: QueryWeights
    rules: tuple[tuple[str, Rule], ...]
    page: PageRules

    @property
    def label(self) -> str:
        """The rule set's name in answers: `balanced@1`."""
        return f"{self.name}@{self.version}"


_RULES: dict[str, type[Rule]] = {
    "engagement": Engagement,
    "freshness": Freshness,
    "format": Format,
}


def presets() -> list[str]:
    """Lists the names of the built-in rule sets."""
    return sorted(path.stem for path in PRESETS.glob("*.toml"))


def load(name_or_path: str | Path) -> RuleSet:
    """Loads a preset by name, or a file. Raises BadRules with file, key and cure."""
    path = (
        PRESETS / f"{name_or_path}.toml" if str(name_or_path) in presets() else Path(name_or_path)
    )
    try:
        text = path.read_text("utf-8-sig")
        table = tomllib.loads(text)
    except FileNotFoundError as error:
        raise BadRules(
            f"no rule set '{name_or_path}'", f"use one of {', '.join(presets())}, or a file"
        ) from error
    except (OSError, ValueError) as error:  # no UTF-8, no TOML, no path
        raise BadRules(f"{path}: {error}", "mend the line") from error
    return _Reader(path).rule_set(table)


def dump(rules: RuleSet, remark: str = "") -> str:
    """Writes a rule set as the TOML text that `load` reads; `remark` becomes comment lines at the
    top."""
    scoring = asdict(rules.scoring)
    table = {
        "name": rules.name,
        "version": rules.version,
        "bm25": {key: scoring.pop(key) for key in ("k1", "b")},
        "boosts": scoring,
        "query": asdict(rules.query),
        "rules": {name: asdict(rule) for name, rule in rules.rules},
        "page": asdict(rules.page),
    }
    return "".join(f"# {line}\n" for line in remark.splitlines()) + tomli_w.dumps(table)


class _Reader:
    """Turns one parsed file into a RuleSet; its errors name the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rule_set(self, table: dict[str, Any]) -> RuleSet:
        allowed = {"name", "version", "bm25", "boosts", "query", "rules", "page"}
        self._only(table, allowed, "")
        name, version = table.get("name"), table.get("version")
        if not isinstance(name, str) or not name or type(version) is not int:
            raise BadRules(f"{self._path}: no name or version", 'write name = "mine", version = 1')
        bm25, boosts = self._section(table, "bm25"), self._section(table, "boosts")
        self._only(bm25, {"k1", "b"}, "bm25.")
        self._only(boosts, {"title", "tags", "body"}, "boosts.")
        try:
            self._build(Scoring, boosts, "boosts.")
            scoring = self._build(Scoring, {**bm25, **boosts}, "bm25.")
        except BadOption as error:
            raise BadRules(f"{self._path}: bm25.{error.problem}", error.cure) from error
        rules = [self._rule(key, row) for key, row in self._section(table, "rules").items()]
        return RuleSet(
            name=name,
            version=version,
            scoring=scoring,
            query=self._build(QueryWeights, self._section(table, "query"), "query."),
            rules=tuple(rules),
            page=self._build(PageRules, self._section(table, "page"), "page."),
        )

    def _rule(self, name: str, row: Any) -> tuple[str, Rule]:
        if name not in _RULES:
            raise BadRules(
                f"{self._path}: no rule '{name}'", f"use one of {', '.join(sorted(_RULES))}"
            )
        if not isinstance(row, dict) or "weight" not in row:
            raise BadRules(f"{self._path}: rules.{name} has no weight", "add weight = 0.2")
        rule: Rule = self._build(_RULES[name], row, f"rules.{name}.")
        return name, rule

    def _build(self, kind: type[Any], row: dict[str, Any], prefix: str) -> Any:
        types = {field.name: field.type for field in fields(kind)}
        self._only(row, set(types), prefix)
        for key, value in row.items():
            self._check(prefix + key, value, str(types[key]))
        return kind(**row)

    def _check(self, key: str, value: Any, kind: str) -> None:
        if kind == "bool":
            fits = isinstance(value, bool)
        else:
            number = (int, float) if kind == "float" else (int,)
            fits = isinstance(value, number) and not isinstance(value, bool)
            positive = key.endswith(("half_life_days", ".full", ".window"))
            fits = fits and 0 <= value < 1e9 and (value > 0 or not positive)
        if not fits:
            raise BadRules(
                f"{self._path}: {key} is {value!r}", f"give a {kind} that is not negative"
            )

    def _section(self, table: dict[str, Any], name: str) -> dict[str, Any]:
        row = table.get(name, {})
        if not isinstance(row, dict):
            raise BadRules(f"{self._path}: {name} is no table", f"write [{name}]")
        return row

    def _only(self, row: dict[str, Any], allowed: set[str], prefix: str) -> None:
        for key in row:
            if key not in allowed:
                raise BadRules(
                    f"{self._path}: unknown key {prefix}{key}", f"use {', '.join(sorted(allowed))}"
                )
