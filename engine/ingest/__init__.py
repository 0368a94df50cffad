"""Rows of a kind -> the record of truth, and the report."""
