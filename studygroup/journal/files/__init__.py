"""The journal in files: one a person a session."""
