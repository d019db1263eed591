"""Messages to the group, and where they go."""
