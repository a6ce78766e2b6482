"""Measurements of whole rooms: the real processes, the real database, and people whose pages and sound are real."""
