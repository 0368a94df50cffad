"""README's blocks, run as they are printed."""
