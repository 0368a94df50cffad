"""The default backend: immutable segments of numpy columns, published by a manifest."""

from engine.index.embedded.index import EmbeddedIndex

__all__ = ["EmbeddedIndex"]
