"""An export file -> rows; the format is told by content, never by name alone."""

from engine.formats.export import Export, ReadOptions
from engine.formats.opening import open_export, read_stream

__all__ = ["Export", "ReadOptions", "open_export", "read_stream"]
