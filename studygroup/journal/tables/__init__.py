"""What is current, as tables."""
