"""The embedded backend keeps the contract exactly."""

from pathlib import Path

import pytest

from engine.index.embedded import EmbeddedIndex
from engine.index.protocol import Index
from tests.index.contract import FLAT, IndexContract, ask, note, search


class TestEmbeddedIndex(IndexContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> Index:
        return EmbeddedIndex(tmp_path, "test")

    def test_what_was_published_is_there_when_opened_again(self, tmp_path: Path) -> None:
        first = EmbeddedIndex(tmp_path, "test")
        first.apply([note("a", "面霜"), note("b", "防晒")], [], 1)
        first.apply([note("c", "面霜")], ["b"], 2)
        again = EmbeddedIndex(tmp_path, "test")
        assert (len(again.snapshot()), again.snapshot().version) == (2, 2)
        assert search(again, ask("面霜"), FLAT, 9).note_ids == ["a", "c"]

    def test_an_open_reader_sees_what_another_publishes(self, tmp_path: Path) -> None:
        reader, writer = EmbeddedIndex(tmp_path, "test"), EmbeddedIndex(tmp_path, "test")
        assert len(reader.snapshot()) == 0
        for version in range(1, 40):  # through several merges
            writer.apply([note(f"n{version:02d}", "面霜")], [], version)
            assert len(search(reader, ask("面霜"), FLAT, 99)) == version

    def test_merges_keep_the_number_of_segments_small(self, tmp_path: Path) -> None:
        index = EmbeddedIndex(tmp_path, "test")
        for version in range(1, 130):
            index.apply([note(f"n{version:03d}", "面霜")], [], version)
        assert len(list(tmp_path.glob("*.nrs"))) <= 8
        assert len(index.snapshot()) == 129

    def test_a_rebuild_replaces_everything_in_one_step(self, tmp_path: Path) -> None:
        index, reader = EmbeddedIndex(tmp_path, "test"), EmbeddedIndex(tmp_path, "test")
        index.apply([note("old", "面霜")], [], 1)

        def batches():  # type: ignore[no-untyped-def]
            yield [note("a", "面霜")]
            assert search(reader, ask("面霜"), FLAT, 9).note_ids == ["old"]
            yield [note("b", "面霜")]

        index.rebuild(batches(), 7)
        assert search(reader, ask("面霜"), FLAT, 9).note_ids == ["a", "b"]
        assert reader.snapshot().version == 7
