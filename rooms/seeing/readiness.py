"""How a process is, part by part, and what of it decides whether it is sent anybody."""

from collections.abc import Mapping
from dataclasses import dataclass

OK = "ok"


@dataclass(frozen=True, slots=True)
class Readiness:
    """How each part is: "ok", or what is the matter. Without one that is `needed` the process is not ready; without another
    it is degraded, and still gets people."""

    parts: Mapping[str, str]
    needed: frozenset[str]

    @property
    def is_ready(self) -> bool:
        """Whether people may be sent here."""
        return all(self.parts[part] == OK for part in self.needed)

    @property
    def state(self) -> str:
        """In a word."""
        if not self.is_ready:
            return "not ready"
        return "ready" if all(state == OK for state in self.parts.values()) else "degraded"

    @property
    def answer(self) -> tuple[int, dict[str, object]]:
        """What `/readyz` says: a status, and what to tell as JSON."""
        return 200 if self.is_ready else 503, {"state": self.state, "parts": dict(self.parts)}
