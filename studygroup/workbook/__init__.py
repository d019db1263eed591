"""One open workbook: what is in it, who uses it, and the one way to enter a record."""
