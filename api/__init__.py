"""noterank over HTTP: thin routes over one Engine."""
