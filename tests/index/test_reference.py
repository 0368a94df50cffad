"""rank_bm25, bent to the formula, keeps the contract to 1e-6."""

import pytest

from engine.index.protocol import Index
from engine.index.reference import ReferenceIndex
from tests.index.contract import IndexContract


class TestReferenceIndex(IndexContract):
    exact = False  # rank_bm25 computes in float64

    @pytest.fixture
    def index(self) -> Index:
        return ReferenceIndex()
