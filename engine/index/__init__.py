"""Documents in, candidates with scores out: the protocol and its backends."""
