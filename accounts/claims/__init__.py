"""Claims: what members show about themselves, proven by a code or seen by staff. docs/decisions/0019 says why it is so."""
