"""The members' page: who a visitor is, what passes, and the page itself."""
