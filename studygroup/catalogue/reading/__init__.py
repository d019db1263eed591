"""What is in a document, piece by piece, and what an import leaves out of it: nothing vanishes."""
