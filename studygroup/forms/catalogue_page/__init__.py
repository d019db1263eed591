"""Forms for the catalogue: browse, import, export."""
