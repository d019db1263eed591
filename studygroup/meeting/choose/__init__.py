"""What to read next and whose turn it is: proposals, ballots, how their votes are counted, rotation."""
