"""What leaves the notebook: pages, messages, sharing through git."""
