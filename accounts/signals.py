"""What happened to sessions, for whoever keeps something by them."""

from django.dispatch import Signal

session_ended = Signal()  # key: nobody is signed in by it any more
session_moved = Signal()  # old, new: the same person goes on by another key
