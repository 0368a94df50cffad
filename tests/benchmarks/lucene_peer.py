"""Lucene in a Java process of its own, where a JDK and Maven are installed.

The newest JDK found runs the newest Lucene it can: 10.6 from Java 21 on, else 9.12. Maven fetches
the library once. Starting Java takes a second, so `top` is for checking; `search` answers and
times many queries at once, inside the process, the way a Java program would see it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.benchmarks.corpora import FOLDER, Corpus
from tests.benchmarks.formulas import LUCENE

_PROGRAM = Path(__file__).with_name("LuceneSearch.java")
_LIBRARIES = FOLDER / "lucene"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_MEMORY = "-Xmx4g"


@dataclass(frozen=True)
class Answers:
    """The best notes of each query, and the least microseconds it took in any round."""

    tops: list[list[tuple[int, float]]]
    microseconds: list[float]


class LucenePeer:
    """One field, one segment, one thread, k1=1.5 b=0.75, no cache of queries."""

    formula = LUCENE
    largest = 1_000_000

    def __init__(self) -> None:
        self._folder = FOLDER / f"lucene-{os.getpid()}"

    @property
    def name(self) -> str:
        return f"Lucene {_lucene(_jdk()[0])}"

    def missing(self) -> str | None:
        """Why it cannot run here, else None."""
        if not _jdk()[0]:
            return "no JDK of 17 or later"
        try:
            _library()
        except (OSError, subprocess.SubprocessError) as reason:
            return f"Maven cannot fetch it ({reason})"
        return None

    def build(self, corpus: Corpus) -> None:
        """Write the corpus to a file, let Java index it into another."""
        self.close()
        self._folder.mkdir(parents=True)
        corpus.offsets.astype("<i8").tofile(self._folder / "offsets.bin")
        corpus.tokens.astype("<i4").tofile(self._folder / "tokens.bin")
        self._java("index", str(self._folder))

    def search(self, queries: list[list[int]], k: int, rounds: int, warm: float) -> Answers:
        """Answer each query in every round, after `warm` seconds of the same."""
        lines = "\n".join(" ".join(map(str, query)) for query in queries)
        printed = self._java(
            "search", str(self._folder), str(k), str(rounds), str(warm), text=lines
        )
        found = json.loads(printed)
        if found["segments"] != 1:
            raise RuntimeError("Lucene kept more than one segment")
        tops = [[(note, score) for note, score in hits] for hits in found["tops"]]
        return Answers(tops, found["microseconds"])

    def top(self, query: list[int], k: int) -> list[tuple[int, float]]:
        """One query, not timed: Java starts for it."""
        return self.search([query], k, 1, 0).tops[0]

    def close(self) -> None:
        """Remove its files."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _java(self, *arguments: str, text: str = "") -> str:
        version, java = _jdk()
        vectors = ["--add-modules", "jdk.incubator.vector"] if version >= 21 else []
        command = [
            java, _MEMORY, "-XX:+UseSerialGC", *vectors, "-cp", str(_library()), str(_PROGRAM)
        ]  # fmt: skip
        done = subprocess.run(
            [*command, *arguments], input=text, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"Java refused:\n{done.stderr}")
        return done.stdout


@cache
def _jdk() -> tuple[int, str]:
    """The newest JDK's version and its `java`; (0, "") when there is none."""
    homes = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    on_path = shutil.which("javac")
    homes += [Path(on_path).resolve().parents[1]] if on_path else []
    homes += Path("/usr/lib/jvm").glob("*")
    found = [(_version(home), str(home / "bin" / "java")) for home in homes]
    return max((jdk for jdk in found if jdk[0] >= 17), default=(0, ""))


def _version(home: Path) -> int:
    """17 for a JDK 17; 0 for what is none."""
    release = home / "release"
    if not (home / "bin" / "javac").exists() or not release.exists():
        return 0
    lines = dict(line.split("=", 1) for line in release.read_text().splitlines() if "=" in line)
    return int(lines.get("JAVA_VERSION", "0").strip('"').split(".")[0])


def _lucene(java: int) -> str:
    return "10.6.0" if java >= 21 else "9.12.3"


@cache
def _library() -> Path:
    """The jar, fetched when it is not there yet."""
    version = _lucene(_jdk()[0])
    jar = _LIBRARIES / f"lucene-core-{version}.jar"
    if not jar.exists():
        wanted = f"-Dartifact=org.apache.lucene:lucene-core:{version}"
        command = ["mvn", "-q", "-B", _COPY, wanted, f"-DoutputDirectory={_LIBRARIES}"]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    return jar
