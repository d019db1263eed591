"""A member's forms, in the notebook and on the members' page."""
