"""Items: the columns of the catalogue, its file, and search in it."""
