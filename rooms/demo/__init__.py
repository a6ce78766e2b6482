"""A demonstration for an installation on one machine: people, topics, rooms, and a voice that welcomes."""
