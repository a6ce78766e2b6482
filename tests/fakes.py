"""Stand-ins for what a unit test does without."""

from typing import Any

import pytest

from rooms import bus
from rooms.audio.wire import room_topic


class RecordingBus:
    """Keeps what was published, delivers it to local receivers at once."""

    def __init__(self) -> None:
        self.published: list[tuple[str, dict[str, Any]]] = []
        self._receivers: dict[str, bus.Receive] = {}

    async def start(self) -> None:
        """Nothing to start."""

    async def close(self) -> None:
        """Nothing to close."""

    async def subscribe(self, topic: str, receive: bus.Receive) -> None:
        """Deliver to it from now on."""
        self._receivers[topic] = receive

    async def unsubscribe(self, topic: str) -> None:
        """No more."""
        self._receivers.pop(topic, None)

    async def publish(self, topic: str, message: dict[str, Any]) -> None:
        """Keep and deliver."""
        self.publish_from_thread(topic, message)

    def publish_from_thread(self, topic: str, message: dict[str, Any]) -> None:
        """Keep and deliver."""
        self.published.append((topic, message))
        if topic in self._receivers:
            self._receivers[topic](message)

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """What was published of one kind, in order."""
        return [message for _topic, message in self.published if message["kind"] == kind]

    def frames(self, room: str = "") -> list[dict[str, Any]]:
        """The protocol's frames that were published, in order; of one room by its public id."""
        topics = {room_topic(room)} if room else {topic for topic, _message in self.published}
        return [message["frame"] for topic, message in self.published if message["kind"] == "frame" and topic in topics]


def install_recording_bus(monkeypatch: pytest.MonkeyPatch) -> RecordingBus:
    """Put a recording bus where services publish."""
    recording = RecordingBus()
    for module in ("rooms.events", "rooms.media", "rooms.services.placing", "rooms.services.shares"):
        monkeypatch.setattr(f"{module}.get_bus", lambda: recording)
    return recording


class KeptMessages:
    """An SMS backend that keeps what it is given, and fails as often as it is told."""

    sent: list[tuple[str, str]] = []
    failures: list[Exception] = []

    def send(self, to: str, text: str, key: str) -> None:
        """Keep it."""
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((to, text))
