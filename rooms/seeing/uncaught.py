"""What ends a process or a thread is logged like everything else, without the words that Python would print."""

import logging
import sys
import threading
from types import TracebackType

logger = logging.getLogger(__name__)


def log_what_nobody_catches() -> None:
    """From now on, in this process."""

    def ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            logger.critical("process.failed", exc_info=(kind, error, trace))

    def thread_ended(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            logger.error("thread.failed", exc_info=arguments.exc_value)

    logging.raiseExceptions = False  # a line that cannot be written would be printed, arguments and all
    sys.excepthook, threading.excepthook = ended, thread_ended
