"""How many sockets one account, or one network, may have open at a time in this process: each costs memory, also one that
never says anything."""

import logging
from collections import Counter
from typing import Any

from channels.security.websocket import WebsocketDenier
from django.conf import settings

from rooms.guests import network_of
from rooms.signalling.visitors import request_of

logger = logging.getLogger(__name__)
_OF_THIS_MACHINE = ("127.0.0.1", "::/64", "")  # a proxy that says nothing of whom it stands for, or nobody else


class OpenSockets:
    """Opens a socket unless its account or its network has too many. Stands behind the authentication: it asks who it is."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        whose = _whose(scope)
        if any(self._open[name] >= most for name, most in whose.items()):
            logger.warning("live.too_many_sockets", extra={"of": [name.partition(":")[0] for name in whose]})
            await WebsocketDenier()(scope, receive, send)
            return
        self._open.update(whose.keys())
        try:
            await self._application(scope, receive, send)
        finally:
            self._open.subtract(whose.keys())
            for name in whose:
                if not self._open[name]:
                    del self._open[name]


def _whose(scope: dict[str, Any]) -> dict[str, int]:
    found = {}
    user = scope["user"]
    if user.is_authenticated:
        found[f"account:{user.pk}"] = settings.MITALK_SOCKETS_OF_ONE
    network = network_of(request_of(scope))
    if network not in _OF_THIS_MACHINE:
        found[f"network:{network}"] = settings.MITALK_SOCKETS_OF_A_NETWORK
    return found
