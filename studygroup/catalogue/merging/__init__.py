"""Lists into the catalogue: which entries are one item, and what a person decided."""
