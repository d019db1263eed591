"""What a list says, told from its tree: one vocabulary, evidence line by line, and what the document repeats."""
