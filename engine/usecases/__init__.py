"""What a door may ask of a library, one function each: limits, list grammar and defaults."""
