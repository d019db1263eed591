"""Record types, and lines of bytes to records and back."""
