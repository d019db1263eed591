"""One line, by its own evidence: citations, titles with their links, items with what is under them."""
