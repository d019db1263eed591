"""What the gate, the routes and the page behind agree on: names in a request's scope, and closing codes."""

VISITOR, ORIGIN, CLIENT, SESSION = (f"studygroup.{name}" for name in ("visitor", "origin", "client", "session"))
"""What routes find in the scope: the Visitor or None, our origin, the browser's address, the session id."""

ENDED, BUSY = 4401, 4429
"""Closing codes of a socket: the link was revoked; the member has too many pages."""
