"""Choosing together: proposals, votes and hours of members, and the ballots and surveys that a facilitator opens."""
