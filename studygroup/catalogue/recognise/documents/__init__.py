"""A whole document: its sections, its tables, and what it repeats."""
