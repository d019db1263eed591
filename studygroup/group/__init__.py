"""The group: its settings, when it meets, and the calendar file."""
