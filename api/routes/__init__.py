"""The endpoints: read, call the engine once, answer."""
