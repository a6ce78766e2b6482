"""A bus that loses what a test tells it to: the kinds in a file, from the next message on, in every process."""

import functools
import json
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings

from rooms.bus import ChannelLayerBus, LocalBus

FILE = "bus-loses.json"
EVERYTHING = "everything"


class LossyBusConfig(AppConfig):
    """Installed by tests.environment.lossy_settings only."""

    name = "tests.environment"
    label = "lossy_bus"

    def ready(self) -> None:
        """Stand between every bus and whoever publishes."""
        for bus in (LocalBus, ChannelLayerBus):
            bus.publish = _lossy_async(bus.publish)  # type: ignore[method-assign]
            bus.publish_from_thread = _lossy(bus.publish_from_thread)  # type: ignore[method-assign]


def is_lost(message: dict[str, Any]) -> bool:
    """Whether this message is to be lost now."""
    try:
        kinds = json.loads((Path(settings.VAR_DIR) / FILE).read_text())
    except (OSError, ValueError):
        return False
    return message.get("kind") in kinds or EVERYTHING in kinds


def _lossy(publish: Any) -> Any:
    @functools.wraps(publish)
    def unless_lost(self: Any, topic: str, message: dict[str, Any]) -> None:
        if not is_lost(message):
            publish(self, topic, message)

    return unless_lost


def _lossy_async(publish: Any) -> Any:
    @functools.wraps(publish)
    async def unless_lost(self: Any, topic: str, message: dict[str, Any]) -> None:
        if not is_lost(message):
            await publish(self, topic, message)

    return unless_lost
