"""After a session: report and progress."""
