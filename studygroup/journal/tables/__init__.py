"""What holds, as tables."""
