"""The catalogue and its lists in other formats."""
