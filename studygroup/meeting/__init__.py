"""What a session needs, computed from tables; nothing here reads or writes a file."""
