"""How a process that one of ours starts logs as that one does. The child knows no settings: its parent tells it by the
environment."""

import json
import logging.config
import os
from dataclasses import asdict, dataclass

from rooms.seeing.logs import logging_settings, name_process
from rooms.seeing.uncaught import log_what_nobody_catches

_TOLD = "MITALK_CHILD_LOG"


@dataclass(frozen=True, slots=True)
class ChildLog:
    """What a child is told: whether lines are for machines, and whose child it is."""

    as_json: bool = False
    worker: str = ""

    def environment(self) -> dict[str, str]:
        """To be added to the child's."""
        return {_TOLD: json.dumps(asdict(self))}


def begin(process: str) -> None:
    """From now on this process, which its parent calls so, logs as it was told."""
    told = ChildLog(**json.loads(os.environ.get(_TOLD, "{}")))
    logging.config.dictConfig(logging_settings(as_json=told.as_json))
    name_process(process, worker=told.worker)
    log_what_nobody_catches()
