"""Files in a shared folder: opened safely, replaced whole, saved without outputs; git."""
