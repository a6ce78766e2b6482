"""Pages that are told to connect again do not all do so at once."""

_OFFERS_A_SECOND = 150  # what web and a worker answer without delay to others
_MOST_SPREAD_MS = 8_000


def spread_ms(people: int) -> int:
    """Over how long so many pages ask again, so that nobody waits for all of them."""
    return min(_MOST_SPREAD_MS, 1000 * people // _OFFERS_A_SECOND)
