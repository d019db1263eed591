"""A page for each paper of a list, in a folder beside it: what a page says, and which files of a folder are pages."""
