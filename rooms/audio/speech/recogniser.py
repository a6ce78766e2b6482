"""The recogniser of a worker: a process of its own, that decodes what the gate let through, and listens for phrases:
`python -m rooms.audio.speech.recogniser PIPE_DESCRIPTOR`. It lives and dies with the control process, and keeps nothing.

Two threads: this one reads and decodes, so that nothing waits in the pipe; the other recognises, as far as its budget goes.
"""

import logging
import os
import queue
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable

from rooms.audio.evidence.packets import Malformed, unpack
from rooms.audio.pipe import Closed, Pipe
from rooms.audio.speech.backlog import Backlog, rest_seconds
from rooms.audio.speech.engines import Engine, EngineMissing, load
from rooms.audio.speech.messages import BY_KIND, Heard, Load, Plan, Setup, Spotted
from rooms.audio.speech.utterances import Utterance
from rooms.audio.speech.voices import Voices
from rooms.seeing import child_log

logger = logging.getLogger(__name__)

MISSING = 3  # exit status: it cannot be loaded, and will not be in a minute
_NICE = 19  # sound first, always
_LOOK_SECONDS = 0.1
_TELL_SECONDS = 1.0


class Recogniser:
    """What both threads share. `listen` is the other's; everything else belongs to the one that reads."""

    def __init__(self, load_engine: Callable[[str, dict[str, str]], Engine] = load) -> None:
        self.spotted: queue.SimpleQueue[Spotted] = queue.SimpleQueue()
        self.failure: BaseException | None = None
        self._load_engine = load_engine
        self._malformed = 0
        self._voices = Voices()
        self._backlog = Backlog()
        self._changed = threading.Condition()  # guards what follows
        self._plan = Plan()
        self._planned = False  # the engine listens for what the plan says
        self._unknown: tuple[str, ...] = ()
        self._ready = False
        self._listened_seconds = 0.0

    # --- the thread that reads ----------------------------------------------------------------------------------------

    def plan(self, plan: Plan) -> None:
        """Listen for this from now on."""
        with self._changed:
            self._planned = self._planned and plan.phrases == self._plan.phrases
            self._plan = plan
            self._changed.notify()

    def hear(self, heard: Heard, now: float) -> None:
        """Take what was said in a room; nothing is decoded where nothing is listened for."""
        language = self._plan.rooms.get(heard.room)
        if language is None or not any(each == language for each, _phrase in self._plan.phrases):
            return
        try:
            packets = unpack(heard.batch)
        except Malformed:
            self._malformed += 1  # told with how it keeps up; what was in it nobody needs to know
            return
        self._queue(self._voices.take(heard.room, language, packets, now), now)

    def look(self, now: float) -> None:
        """Whoever has stopped sending has finished."""
        self._queue(self._voices.look(now), now)

    def load_now(self, now: float) -> Load:
        """How it keeps up."""
        with self._changed:
            return Load(
                self._ready,
                self._backlog.behind(now),
                round(self._backlog.waiting_seconds, 1),
                round(self._listened_seconds, 1),
                round(self._backlog.left_out_seconds, 1),
                self._unknown,
                self._malformed,
            )

    def _queue(self, utterances: Iterable[Utterance], now: float) -> None:
        for utterance in utterances:
            with self._changed:
                self._backlog.put(utterance, now)
                self._changed.notify()

    # --- the thread that recognises -----------------------------------------------------------------------------------

    def listen(self, setup: Setup) -> None:
        """Load the engine, and listen until the process ends. What goes wrong is left in `failure`."""
        try:
            engine = self._load_engine(setup.engine, setup.models)
            while True:
                used = self._turn(engine)
                time.sleep(rest_seconds(used, setup.budget_percent))
        except BaseException as failure:
            self.failure = failure

    def _turn(self, engine: Engine) -> float:
        """Recognise one utterance; the seconds of CPU that it took."""
        with self._changed:
            plan = self._plan if not self._planned else None
            self._planned = True
        if plan is not None:
            unknown = engine.prepare(_by_language(plan))
            with self._changed:
                self._unknown, self._ready = tuple(unknown), True
        with self._changed:
            self._changed.wait_for(lambda: not self._planned or self._backlog.waiting_seconds > 0)
            utterance = self._backlog.take() if self._planned else None
        if utterance is None:
            return 0.0
        began = time.process_time()
        try:
            found = engine.spot(utterance.sound, utterance.language)
        except Exception:
            logger.exception("speech.utterance_failed")  # one that an engine cannot bear is not the others'
            found = []
        for each in found:
            at_ms = utterance.began_ms + int(1000 * each.from_seconds)
            self.spotted.put(
                Spotted(utterance.room, utterance.person, utterance.language, each.phrase, at_ms, each.words)
            )
        self._listened_seconds += utterance.seconds
        return time.process_time() - began


def _by_language(plan: Plan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for language, phrase in plan.phrases:
        found.setdefault(language, []).append(phrase)
    return found


def run(pipe: Pipe, recogniser: Recogniser) -> int:
    """Live as long as the control process does; the exit status."""
    told_at, told = 0.0, None
    while recogniser.failure is None:
        readable, _, _ = select.select([pipe], [pipe] if pipe.waits_to_send else [], [], _LOOK_SECONDS)
        now = time.monotonic()
        try:
            for message in pipe.receive() if readable else ():
                match message:
                    case Setup():
                        threading.Thread(target=recogniser.listen, args=(message,), daemon=True).start()
                    case Plan():
                        recogniser.plan(message)
                    case Heard():
                        recogniser.hear(message, now)
            recogniser.look(now)
            while not recogniser.spotted.empty():
                pipe.send(recogniser.spotted.get())
            load_now = recogniser.load_now(now)
            if now - told_at >= _TELL_SECONDS and load_now != told:
                told_at, told = now, load_now
                pipe.send(load_now)
            pipe.flush()
        except Closed:
            return 0
    if isinstance(recogniser.failure, EngineMissing):
        logger.error("speech.engine_missing", extra={"reason": str(recogniser.failure)})
        return MISSING
    logger.error("speech.recogniser_failed", exc_info=recogniser.failure)
    return 1


def main(descriptor: int) -> None:
    """Run with the socket of this descriptor."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; control ends this one
    os.nice(_NICE)
    child_log.begin("recogniser")
    with socket.socket(fileno=descriptor) as end:
        status = run(Pipe(end, BY_KIND), Recogniser())
    sys.stderr.flush()
    os._exit(status)  # whatever the engine is at


if __name__ == "__main__":
    main(int(sys.argv[1]))
