"""Words that stay whole, the kind of each, and what else a searcher of a word means.

A lexicon is a folder of text files: `KIND.txt` holds one phrase a line, `aliases.txt` holds
`a = b = c` (spellings of one thing, the first is canonical) and `a => b, c` (who searches a also
means b and c). The built-in folder stands beside this file; a library's own `lexicon/` folder adds
to it and overrides it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import BadLexicon
from engine.text.normalise import fold_key

BUILT_IN = Path(__file__).parent / "lexicon"
KINDS = (
    "brand",
    "product",
    "ingredient",
    "effect",
    "skin_type",
    "scene",
    "crowd",
    "slang",
    "category",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A phrase in its usual spelling; `user_defined` when the library's own lexicon holds it."""

    phrase: str
    kind: str
    user_defined: bool = False


@dataclass(frozen=True, slots=True)
class Alias:
    """A term that a query word also stands for; `route` says how the word leads to it."""

    term: str
    same: bool  # two-way: another spelling of the same thing; else one-way
    route: str


@dataclass(frozen=True)
class Lexicon:
    """Phrases by term and the aliases between them. Frozen, so that an index can rely on it."""

    entries: dict[str, Entry]
    canonical: dict[str, str]  # term -> the first spelling of its set
    sets: dict[str, tuple[str, ...]]  # term -> all terms of its two-way set
    onward: dict[str, tuple[str, ...]]  # term -> terms that a searcher also wants
    makers: dict[str, str]  # product term -> brand, from one-way lines `brand => product`
    fingerprint: str

    def kind(self, term: str) -> str:
        """Returns the kind of a term, "" for a word that the lexicon does not hold."""
        entry = self.entries.get(term)
        return entry.kind if entry else ""

    def aliases(self, term: str) -> list[Alias]:
        """Lists what else a searcher of `term` means, two-way spellings first."""
        same = self.sets.get(term, (term,))
        aliases = [Alias(t, True, f"{self.spelling(term)} = {self.spelling(t)}") for t in same]
        onward = dict.fromkeys(t for s in same for t in self.onward.get(s, ()) if t not in same)
        aliases += [Alias(t, False, f"{self.spelling(term)} → {self.spelling(t)}") for t in onward]
        return [alias for alias in aliases if alias.term != term]

    def same(self, first: str, second: str) -> bool:
        """Whether two terms mean one thing: equal, or spellings of one two-way set."""
        return first == second or second in self.sets.get(first, ())

    def spelling(self, term: str) -> str:
        """Returns the usual spelling of a term, or the term itself."""
        entry = self.entries.get(term)
        return entry.phrase if entry else term

    def brand(self, term: str) -> str:
        """Returns the brand that a term names, or the brand that makes the product it names; "" for
        none."""
        spellings = self.sets.get(term, (term,))
        owner = next((self.makers[t] for t in spellings if t in self.makers), term)
        if self.kind(owner) != "brand":
            return ""
        return self.canonical.get(owner, self.spelling(owner))

    def brand_named(self, text: str) -> str:
        """Returns the canonical spelling of a brand as a user types it, or the text itself."""
        return self.brand(as_term(text)) or text


def as_term(phrase: str) -> str:
    """Turns a phrase into an index term: folded, inner white space as `_`."""
    return fold_key(phrase).replace(" ", "_")


def load(user_folder: Path | None = None) -> Lexicon:
    """Loads the built-in lexicon and a library's own folder. Raises BadLexicon with file and
    line."""
    builder = _Builder()
    for folder, user_defined in ((BUILT_IN, False), (user_folder, True)):
        if folder is None or not folder.is_dir():
            continue
        for kind in KINDS:
            builder.phrases(folder / f"{kind}.txt", kind, user_defined)
        builder.aliases(folder / "aliases.txt", user_defined)
    return builder.finish()


def check_phrases(phrases: Sequence[str]) -> None:
    """Raises BadLexicon for a phrase that no lexicon line can hold."""
    for phrase in phrases:
        if len(as_term(phrase)) < 2 or any(mark in phrase for mark in "=,，\n#"):
            raise BadLexicon(
                f"'{phrase}' cannot be a lexicon phrase",
                "give two or more characters without = , # and line breaks",
            )


def copied(folder: Path, into: Path, lines_of: Mapping[str, Sequence[str]]) -> Path:
    """A lexicon folder as it would be with more lines, in another folder."""
    trial = into / folder.name
    if folder.is_dir():
        shutil.copytree(folder, trial)
    append(trial, lines_of)
    return trial


def append(folder: Path, lines_of: Mapping[str, Sequence[str]]) -> None:
    """Adds lines to the files of a lexicon folder, each line once."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, added in lines_of.items():
        path = folder / name
        present_lines = path.read_text("utf-8-sig").splitlines() if path.is_file() else []
        new_lines = [line for line in dict.fromkeys(added) if line not in present_lines]
        temporary = path.with_suffix(".tmp")
        with temporary.open("w", encoding="utf-8") as file:
            file.write("\n".join([*present_lines, *new_lines]) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yields (line number, text) of a lexicon file without comments and blank lines.

    Raises BadLexicon when the file is not UTF-8. A missing file has no lines.
    """
    if not path.is_file():
        return
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadLexicon(f"{path} is not UTF-8", "save it as UTF-8") from error
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line and not line.startswith("#"):
            yield number, line


class _Builder:
    """Collects lexicon files into a Lexicon."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.canonical: dict[str, str] = {}
        self.sets: dict[str, tuple[str, ...]] = {}
        self.onward: dict[str, tuple[str, ...]] = {}
        self.digest = hashlib.sha256()

    def phrases(self, path: Path, kind: str, user_defined: bool) -> None:
        for number, phrase in lines(path):
            self._add(phrase, kind, user_defined, f"{path}:{number}")

    def aliases(self, path: Path, user_defined: bool) -> None:
        for number, line in lines(path):
            place = f"{path}:{number}"
            if "=>" in line:
                self._one_way(line, user_defined, place)
            elif "=" in line:
                self._two_way(line, user_defined, place)
            else:
                raise BadLexicon(
                    f"{place}: '{line}' is no alias", "write `a = b` for the same, `a => b, c` else"
                )

    def finish(self) -> Lexicon:
        makers = {
            product: brand
            for brand, products in self.onward.items()
            if self._kind(brand) == "brand"
            for product in products
            if self._kind(product) == "product"
        }
        return Lexicon(
            self.entries,
            self.canonical,
            self.sets,
            self.onward,
            makers,
            self.digest.hexdigest()[:16],
        )

    def _kind(self, term: str) -> str:
        return self.entries[term].kind

    def _add(self, phrase: str, kind: str, user_defined: bool, place: str) -> str:
        term = as_term(phrase)
        if len(term) < 2:
            raise BadLexicon(
                f"{place}: '{phrase}' is a single character", "lexicon phrases have two or more"
            )
        self.digest.update(f"{kind}\0{phrase}\0{user_defined}\n".encode())
        if term not in self.entries or user_defined:
            self.entries[term] = Entry(phrase, kind, user_defined)
        return term

    def _members(
        self, names: list[str], kind: str, user_defined: bool, place: str
    ) -> tuple[str, ...]:
        terms: dict[str, None] = {}
        for name in (n.strip() for n in names):
            if not name:
                raise BadLexicon(f"{place}: an empty name", "remove the stray = or comma")
            if "=" in name:
                raise BadLexicon(f"{place}: '{name}' is no name", "write one line for each sign")
            term = as_term(name)
            if term not in self.entries:
                self._add(name, kind, user_defined, place)
            terms.setdefault(term)
        return tuple(terms)

    def _kind_of(self, names: list[str], default: str) -> str:
        entries = (self.entries.get(as_term(name.strip())) for name in names)
        return next((entry.kind for entry in entries if entry), default)

    def _two_way(self, line: str, user_defined: bool, place: str) -> None:
        self.digest.update(line.encode())
        names = line.split("=")
        members = self._members(names, self._kind_of(names, "category"), user_defined, place)
        joined = dict.fromkeys(t for m in members for t in self.sets.get(m, (m,)))
        first = self.canonical.get(members[0], names[0].strip())
        for term in joined:
            self.sets[term] = tuple(joined)
            self.canonical[term] = first

    def _one_way(self, line: str, user_defined: bool, place: str) -> None:
        self.digest.update(line.encode())
        left, _, right = line.partition("=>")
        (source,) = self._members([left], "category", user_defined, place)
        default = "product" if self._kind(source) == "brand" else self._kind(source)
        targets = self._members(right.replace("，", ",").split(","), default, user_defined, place)
        self.onward[source] = tuple(dict.fromkeys(self.onward.get(source, ()) + targets))
