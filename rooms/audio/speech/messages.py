"""What the control process of a worker and its recogniser say to each other; how it travels is `rooms.audio.pipe`."""

import typing
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Setup:
    """Which engine recognises, with which model for which language, and how much of a core it may use."""

    engine: str
    models: dict[str, str]  # path by language; an empty path is the model that came with the engine
    budget_percent: int = 50


@dataclass(frozen=True, slots=True)
class Plan:
    """What is listened for now, and in which language each room talks."""

    phrases: tuple[tuple[str, str], ...] = ()  # language and phrase
    rooms: dict[str, str] = field(default_factory=dict)  # language by room


@dataclass(frozen=True, slots=True)
class Heard:
    """What the gate let through in a room: `evidence.packets.pack`."""

    room: str
    batch: bytes


@dataclass(frozen=True, slots=True)
class Spotted:
    """A phrase was said. `words` are those around it, of an engine that knows them."""

    room: str
    person: str
    language: str
    phrase: str
    at_ms: int  # milliseconds since 1970
    words: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """How the recogniser keeps up, since it began."""

    ready: bool
    behind: bool  # it left somebody out lately
    waiting_seconds: float  # of speech
    listened_seconds: float
    left_out_seconds: float
    unknown: tuple[str, ...] = ()  # phrases that the engine cannot spot
    malformed: int = 0  # batches that it could not read


Message = Setup | Plan | Heard | Spotted | Load
BY_KIND: dict[str, type[Message]] = {message.__name__: message for message in typing.get_args(Message)}
