"""Care of a journal: copying, erasing, following, history."""
