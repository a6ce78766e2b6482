"""Who may read what only operators should: who asks from this machine, from a network that they named, or by token."""

import hmac
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_FORWARDED = ("x-forwarded-for", "x-real-ip", "forwarded", "via", "x-forwarded-host")


@dataclass(frozen=True, slots=True)
class Access:
    """See the module. Without a token nobody gets in by one."""

    token: str = field(default="", repr=False)
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, token: str, networks: Iterable[str]) -> "Access":
        """From settings.

        Raises:
            ValueError: one of them is no network.
        """
        return cls(token, tuple(ipaddress.ip_network(network) for network in networks))

    def allows(self, peer: str, headers: Mapping[str, str]) -> bool:
        """Whether a request may read. `headers` are in lower case.

        A proxy on this machine asks from loopback for everybody: what was passed on counts only by its token.
        """
        if self._has_token(headers.get("authorization", "")):
            return True
        if any(name in headers for name in _FORWARDED):
            return False
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        if address.is_loopback:
            # A page elsewhere whose name was made to lead here asks under its own name.
            return _is_loopback(headers.get("host", ""))
        return any(address in network for network in self.networks)

    def _has_token(self, authorization: str) -> bool:
        scheme, _, given = authorization.partition(" ")
        if not self.token or scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(given.strip().encode(), self.token.encode())


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
