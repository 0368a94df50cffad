"""Keyword phrases against what people use: F1 on what authors tag, and speed.

    uv run --group bench python -m tests.benchmarks extract [GOLD.jsonl …]

Gold is the sample corpus (tags that occur in the text, taken out of it) and, where they are, the
real notes of ../shared/data/notes. A GOLD file has lines of {id, title, text, gold: [phrase, …]}.
Nothing is trained here; our weights come from the sample corpus, so that only the other sets are
held out. F1 is the mean over texts, at 5 and at 10, on folded phrases.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import jieba
import jieba.analyse
import orjson

from engine.formats import open_export
from engine.insight.candidates import Text
from engine.insight.extract import Extractor
from engine.model import Captured, Note
from engine.text.normalise import fold_key
from tests.insight.library import f1, gold, reader

REAL = Path(__file__).parents[3] / "shared" / "data" / "notes"
Gold = tuple[list[Text], list[frozenset[str]]]
Method = Callable[[list[Text]], list[list[str]]]


def table() -> None:
    """Print F1 and texts a second of every method on every gold."""
    jieba.setLogLevel(60)
    jieba.lcut("热身")
    extractor = Extractor(reader())
    methods: dict[str, Method] = {
        "noterank": lambda texts: [
            [p.keyword for p in own] for own in extractor.extract(texts, 10)
        ],
        "jieba TF-IDF": lambda texts: [
            jieba.analyse.extract_tags(_whole(text), topK=10) for text in texts
        ],
        "jieba TextRank": lambda texts: [
            jieba.analyse.textrank(_whole(text), topK=10) for text in texts
        ],
        "YAKE": _yake,
        "scikit-learn n-grams": _ngrams,
    }
    for name, (texts, wanted) in _golds().items():
        each = sum(map(len, wanted)) / len(wanted)
        print(f"extract: {name}: {len(texts):,} texts, {each:.1f} phrases each")
        extractor.extract(texts[:20], 10)
        for method, run in methods.items():
            start = time.perf_counter()
            found = run(texts)
            took = time.perf_counter() - start
            print(
                f"  {method:22} F1@5 {f1(wanted, found, 5):.4f}  F1@10 {f1(wanted, found, 10):.4f}"
                f"  {len(texts) / took:8,.0f} texts/s"
            )


def _golds() -> dict[str, Gold]:
    found: dict[str, Gold] = {"sample corpus": _unzipped(gold())}
    if REAL.is_dir():
        found["real notes"] = _unzipped(_tagged(REAL))
    for path in map(Path, [arg for arg in sys.argv[1:] if arg.endswith(".jsonl")]):
        rows = [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]
        found[path.name] = (
            [Text.of(Note("x", title=r.get("title") or "", body=r["text"])) for r in rows],
            [frozenset(map(fold_key, row["gold"])) for row in rows],
        )
    return found


def _unzipped(rows: Sequence[tuple[Text, frozenset[str]]]) -> Gold:
    return [text for text, _ in rows], [tags for _, tags in rows]


def _tagged(folder: Path) -> list[tuple[Text, frozenset[str]]]:
    """Real notes with tags that occur in their text."""
    found = []
    for path in sorted(folder.iterdir()):
        for row in open_export(path).rows:
            if not isinstance(row, Captured):
                continue
            text = Text.of(row.note)
            whole = fold_key(f"{text.title}\n{text.body}")
            keys = (fold_key(tag) for tag in text.tags)
            tags = frozenset(key for key in keys if len(key) > 1 and key in whole)
            if tags:
                found.append((Text(text.title, text.body), tags))
    return found


def _whole(text: Text) -> str:
    return f"{text.title}\n{text.body}"


def _yake(texts: list[Text]) -> list[list[str]]:
    """YAKE on words between blanks, as it is used for Chinese."""
    import yake

    extractor = yake.KeywordExtractor(lan="zh", n=3, top=10)
    found = []
    for text in texts:
        spaced = " ".join(jieba.lcut(_whole(text)))
        rows = extractor.extract_keywords(spaced) if spaced.strip() else []
        found.append([phrase.replace(" ", "") for phrase, _ in rows])
    return found


def _ngrams(texts: list[Text]) -> list[list[str]]:
    """TF-IDF over one to three words, scikit-learn's vectorizer with jieba's cuts."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    def words(text: str) -> list[str]:
        return [word for word in jieba.lcut(text) if word.strip() and word[0].isalnum()]

    vectors = TfidfVectorizer(
        tokenizer=words, token_pattern=None, lowercase=False, ngram_range=(1, 3)
    )
    weights = vectors.fit_transform([_whole(text) for text in texts])
    names = vectors.get_feature_names_out()
    found = []
    for row in range(weights.shape[0]):
        own = weights.getrow(row)
        order = sorted(
            zip(own.data.tolist(), own.indices.tolist(), strict=True), key=lambda p: (-p[0], p[1])
        )
        phrases = (names[at].replace(" ", "") for _, at in order)
        found.append([phrase for phrase in phrases if len(phrase) > 1][:10])
    return found
