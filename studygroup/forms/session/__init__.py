"""What a session has of its own: which part of each paper to read, its questions, where it meets."""
