"""What a facilitator changes of the group itself: its settings."""
