"""What to read next, whose turn it is, and when to meet: proposals, ballots, how votes are counted, rotation, surveys."""
