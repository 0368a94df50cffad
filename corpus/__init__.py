"""Sample notes and judgments, written for noterank; see the data card in README.md."""
