"""Choosing together: proposals and votes of members, and the ballots that a facilitator opens and closes."""
