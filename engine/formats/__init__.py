"""An export file -> rows; the format is told by content, never by name alone."""
