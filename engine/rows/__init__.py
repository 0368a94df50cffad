"""Answers as flat rows; the keys are promises."""
