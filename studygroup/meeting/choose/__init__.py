"""What to read next: proposals, ballots, and how their votes are counted."""
