"""The catalogue: items, the lists they came from, and how both are read, checked, searched and written."""
