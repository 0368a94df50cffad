"""Hits -> what a reader sees."""
