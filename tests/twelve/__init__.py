"""A library of twelve notes, small enough that every figure of an answer is worked out by hand."""
