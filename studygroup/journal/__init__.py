"""All records that people entered: their types, where they are kept, and the tables computed from them."""
