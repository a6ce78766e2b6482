"""The web process: pages over HTTP, rooms over WebSocket."""

import logging
import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402 - models need the settings above
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import WebsocketDenier  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import re_path  # noqa: E402

from config.body_limits import BodyLimit  # noqa: E402
from config.probes import Probes  # noqa: E402
from rooms.hub import start_live  # noqa: E402
from rooms.signalling.open_sockets import OpenSockets  # noqa: E402
from rooms.signalling.routing import websocket_urlpatterns  # noqa: E402

logger = logging.getLogger(__name__)


class LiveFromTheFirstRequest:
    """Joins the bus before the first request is served, whichever server runs us: daphne has no lifespan.

    While the bus cannot be joined, pages are served all the same, and each request tries again.
    """

    def __init__(self, application: Any) -> None:
        self._application = application
        self._live = False

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if not self._live:
            try:
                await start_live()
                self._live = True
            except Exception:
                logger.exception("live.bus_unavailable")
        await self._application(scope, receive, send)


class AtTheRoot:
    """MiTalk has a host of its own. daphne takes the root of all addresses from a header that anybody may send
    (`Daphne-Root-Path`): what stands there would stand before every link that we write, also in mails to others."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await self._application({**scope, "root_path": ""}, receive, send)


class OwnOriginOnly:
    """Opens a WebSocket only to a page of ours: scheme, host and port as listed in MITALK_ORIGINS, to the letter.

    Channels' AllowedHostsOriginValidator would take any port and scheme of our hosts.
    """

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
        if len(origins) == 1 and origins[0] in settings.MITALK_ORIGINS:
            await self._application(scope, receive, send)
        else:
            logger.info("live.origin_refused")
            await WebsocketDenier()(scope, receive, send)


async def _no_such_socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await WebsocketDenier()(scope, receive, send)


websocket_application = OwnOriginOnly(
    AuthMiddlewareStack(OpenSockets(URLRouter([*websocket_urlpatterns, re_path("", _no_such_socket)])))  # type: ignore[arg-type]
)

application = AtTheRoot(
    Probes(
        LiveFromTheFirstRequest(
            ProtocolTypeRouter({"http": BodyLimit(django_application), "websocket": websocket_application})
        )
    )
)
