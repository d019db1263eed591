"""Schedules and statuses that imported lists hold."""
