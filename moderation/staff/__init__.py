"""What staff see beside the lists of the admin: what waits, a person's page, a room's page. Reads only."""
