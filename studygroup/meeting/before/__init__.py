"""Before a session: plan, agenda, what is missing."""
