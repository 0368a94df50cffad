"""The pages: HTML from the server, usable without a script."""
