"""Records with named fields: BibTeX, CSV and YAML."""
