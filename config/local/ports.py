"""Whether the ports that MiTalk needs are free, said before anything is started."""

import socket


class PortTaken(Exception):
    """A port is in use; the message names it and the line to type."""


def demand_free(*, tcp: int, udp: int, udp_ip: str) -> None:
    """Return if both ports are free.

    Raises:
        PortTaken: one is not.
    """
    if not _is_free(socket.SOCK_STREAM, "127.0.0.1", tcp):
        raise PortTaken(f"Port {tcp} is in use by another program. Choose another: PORT={_another(tcp)} make run")
    if not _is_free(socket.SOCK_DGRAM, udp_ip, udp):
        raise PortTaken(
            f"UDP port {udp} is in use by another program. Choose another: MITALK_UDP_PORT={_another(udp)} make run"
        )


def _is_free(kind: socket.SocketKind, ip: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ip, port))
        except OSError:
            return False
        return True


def _another(port: int) -> int:
    return port + 1 if port < 65_535 else port - 1
