"""Whether the ports that MiTalk needs are free, said before anything is started."""

import socket


class PortTaken(Exception):
    """A port is in use; the message names it and the line to type."""


def demand_free_tcp(port: int) -> None:
    """Return if a port for pages is free.

    Raises:
        PortTaken: it is not.
    """
    if not _is_free(socket.SOCK_STREAM, "127.0.0.1", port):
        raise PortTaken(f"Port {port} is in use by another program. Choose another: PORT={_another(port)} make run")


def demand_free_udp(port: int, ip: str) -> None:
    """The same of a port for sound.

    Raises:
        PortTaken: it is not.
    """
    if not _is_free(socket.SOCK_DGRAM, ip, port):
        raise PortTaken(
            f"UDP port {port} is in use by another program. Choose another: MITALK_UDP_PORT={_another(port)} make run"
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
