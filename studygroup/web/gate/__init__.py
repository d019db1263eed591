"""What is let through to the members' page."""
