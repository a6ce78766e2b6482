"""Signals without content: how much a live room needs to be looked at."""
