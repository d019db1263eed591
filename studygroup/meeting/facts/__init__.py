"""What the records say about sessions, papers and people."""
