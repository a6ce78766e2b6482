"""Claims: what members show about themselves, proven by a code or seen by staff. docs/decisions/ says why it is so."""
