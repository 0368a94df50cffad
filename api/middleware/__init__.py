"""What each request and answer passes."""
