"""Text of people and lists: made safe, quoted, shortened, shown on a terminal."""
