"""Agenda and report: templates that run, and their pages."""
