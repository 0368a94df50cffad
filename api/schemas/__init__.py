"""Bodies and answers as OpenAPI shows them: pydantic, and only here."""
