"""The paths from files to pages, in straight lines."""

from engine.pipeline.engine import Engine

__all__ = ["Engine"]
