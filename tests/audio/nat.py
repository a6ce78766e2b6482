"""A router between a client and the worker, whose mapping a test can change."""

import asyncio
import re
import socket

Address = tuple[str, int]


class Nat:
    """Listens on a port of its own and carries each client's datagrams to the worker and back from one port per client."""

    def __init__(self, worker: Address) -> None:
        self._worker = worker
        self._loop = asyncio.get_running_loop()
        self._outside: dict[Address, socket.socket] = {}
        self._inside = self._open()
        self._loop.add_reader(self._inside, self._carry_out)

    def through(self, answer: str) -> str:
        """An answer that leads here instead of to the worker."""
        port = self._inside.getsockname()[1]
        return re.sub(r"(a=candidate:.* 127\.0\.0\.1) \d+ typ host", rf"\1 {port} typ host", answer)

    def rebind(self) -> None:
        """Every client gets another port outside, as after a router's restart."""
        for outside in self._outside.values():
            self._loop.remove_reader(outside)
            outside.close()
        self._outside.clear()

    def close(self) -> None:
        """Carry nothing more."""
        self.rebind()
        self._loop.remove_reader(self._inside)
        self._inside.close()

    @staticmethod
    def _open() -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind(("127.0.0.1", 0))
        made.setblocking(False)
        return made

    def _carry_out(self) -> None:
        data, client = self._inside.recvfrom(2_048)
        if client not in self._outside:
            self._outside[client] = outside = self._open()
            self._loop.add_reader(outside, self._carry_in, outside, client)
        self._outside[client].sendto(data, self._worker)

    def _carry_in(self, outside: socket.socket, client: Address) -> None:
        self._inside.sendto(outside.recv(2_048), client)
