"""How much is tried: little in `make test`, and the same each time; much, and something else each time, in `make fuzz`."""

import os

from hypothesis import HealthCheck, Phase, settings

EXAMPLES = int(os.environ.get("MITALK_FUZZ_EXAMPLES", "0"))


def as_much_as(examples: int) -> settings:
    """Settings of hypothesis for so many examples, or as many as `make fuzz` was told."""
    return settings(
        max_examples=EXAMPLES or examples,
        derandomize=not EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],  # the request is noted; making it smaller would take minutes
        suppress_health_check=list(HealthCheck),
    )
