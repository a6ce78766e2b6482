"""Terms for tests, one of each outcome, that are nobody's words otherwise."""

from moderation.models import Term
from moderation.terms import changed

FLAGGED, HELD, REFUSED = "qflagged", "qheldword", "qrefused"
WHY = "This word is refused in tests."


def on_the_lists() -> None:
    """One term of each outcome is on the lists."""
    for pattern, outcome in ((FLAGGED, "flag"), (HELD, "hold"), (REFUSED, "refuse")):
        Term.objects.create(pattern=pattern, outcome=outcome, kind="part", reason=WHY)
    changed()
