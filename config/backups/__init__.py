"""Backups: the database, photos and private files in one folder, with what is needed to see later that all of it is whole.

Keys are in none, and neither are rings and evidence: see docs/operating/backup.md.
"""
