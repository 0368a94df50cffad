"""An export file -> rows; the format is told by content, never by name alone."""

from engine.formats.export import Export, LeftOut, ReadOptions
from engine.formats.files.archive import files_in
from engine.formats.opening import open_export, open_exports, read_stream
from engine.formats.usage import Usage

__all__ = [
    "Export",
    "LeftOut",
    "ReadOptions",
    "Usage",
    "files_in",
    "open_export",
    "open_exports",
    "read_stream",
]
