"""Does a test notice when the product is changed? A sample of small faults, one at a time."""
