"""Machines that are none: network namespaces, each with an address of its own, joined by a bridge that cuts and loses.

The bridge is in a namespace too, and its rules (nftables, family bridge) are the only ones there are: the machines themselves
notice nothing, as with a real network; who sends to where nothing arrives gets no error. The machine that all of this runs
on has one more cable to the bridge, and no rule. Delay is not to be had here: netem is a module that kernels often lack, and
`tests/faults/relay.py` does that in userland. Needs root.
"""

import contextlib
import os
import random
import subprocess
from pathlib import Path

_NAMESPACES = Path("/run/netns")
_PREFIX = "mitalk"
_SWITCH = "switch"
_MOST_MACHINES = 200
# RFC 2544: for tests of networks, so nobody's.
_NETWORKS = [f"198.{second}.{third}" for second in (18, 19) for third in range(256)]


def may_be_made() -> bool:
    """Whether this process may make networks and rules: root may, outside most containers."""
    try:
        with Network("one", "other") as network:
            network.lose("one", "other", percent=1)
    except (AssertionError, OSError):
        return False
    return True


class Network:
    """A context manager. Each machine is reached from each other, and from here, until `cut` or `lose` says otherwise."""

    def __init__(self, *machines: str) -> None:
        assert len(set(machines)) == len(machines) < _MOST_MACHINES
        self._machines = machines
        self._stack = contextlib.ExitStack()
        self._rules: list[str] = []
        self._network = ""

    def __enter__(self) -> "Network":
        try:
            self._make()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # --- what it is -------------------------------------------------------------------------------------------------------

    @property
    def here(self) -> str:
        """Our own address in it."""
        return f"{self._network}.1"

    def address(self, machine: str) -> str:
        """The address of a machine."""
        return f"{self._network}.{self._machines.index(machine) + 10}"

    def inside(self, machine: str) -> list[str]:
        """What a command begins with that is to run on a machine. It becomes that command: the process id is the same."""
        return ["ip", "netns", "exec", _namespace(machine)]

    # --- what breaks ------------------------------------------------------------------------------------------------------

    def cut(self, machine: str, *others: str, port: int | None = None) -> None:
        """Nothing gets through between a machine and others any more; with a port, only what goes by TCP to or from that."""
        for other in others:
            self._add(machine, other, f"tcp dport {port} drop" if port else "drop")
            if port:
                self._add(machine, other, f"tcp sport {port} drop")
        self._enforce()

    def isolate(self, machine: str) -> None:
        """Nothing gets through between a machine and anybody any more."""
        address = self.address(machine)
        self._rules += [f"ip saddr {address} drop", f"ip daddr {address} drop"]
        self._enforce()

    def lose(self, machine: str, other: str, percent: int) -> None:
        """So many of a hundred datagrams are lost between two machines, each by chance."""
        self._add(machine, other, f"meta l4proto udp numgen random mod 100 < {percent} drop")
        self._enforce()

    def heal(self) -> None:
        """All is as it was."""
        self._rules.clear()
        self._enforce()

    def _add(self, machine: str, other: str, what: str) -> None:
        one, two = self.address(machine), self.address(other)
        self._rules += [f"ip saddr {one} ip daddr {two} {what}", f"ip saddr {two} ip daddr {one} {what}"]

    def _enforce(self) -> None:
        """All rules at once: there is no moment without them."""
        chain = "\n".join(["type filter hook forward priority 0; policy accept;", *self._rules])
        table = f"table bridge mitalk {{\nchain forward {{\n{chain}\n}}\n}}\n"
        table = f"table bridge mitalk\ndelete table bridge mitalk\n{table}"
        _run(*self.inside(_SWITCH), "nft", "-f", "-", told=table)

    # --- how it is made ---------------------------------------------------------------------------------------------------

    def _make(self) -> None:
        _forget_the_dead()
        self._network = _free_network()
        self._make_namespace(_SWITCH)
        _run("ip", "-n", _namespace(_SWITCH), "link", "add", "bridge", "type", "bridge")
        _run("ip", "-n", _namespace(_SWITCH), "link", "set", "bridge", "up")
        cable = f"{_PREFIX}{os.getpid()}"[:15]
        self._plug_in(["ip"], cable, self.here)
        self._stack.callback(_remove, "link", cable)
        for machine in self._machines:
            self._make_namespace(machine)
            self._plug_in(["ip", "-n", _namespace(machine)], "cable", self.address(machine))
        self._enforce()

    def _make_namespace(self, machine: str) -> None:
        _run("ip", "netns", "add", _namespace(machine))
        self._stack.callback(_remove, "netns", _namespace(machine))
        _run("ip", "-n", _namespace(machine), "link", "set", "lo", "up")

    def _plug_in(self, there: list[str], cable: str, address: str) -> None:
        port = f"to-{address.rsplit('.', 1)[1]}"
        _run(*there, "link", "add", cable, "type", "veth", "peer", "name", port, "netns", _namespace(_SWITCH))
        _run("ip", "-n", _namespace(_SWITCH), "link", "set", port, "master", "bridge", "up")
        _run(*there, "address", "add", f"{address}/24", "dev", cable)
        _run(*there, "link", "set", cable, "up")


def _namespace(machine: str) -> str:
    return f"{_PREFIX}-{os.getpid()}-{machine}"


def _free_network() -> str:
    taken = _run("ip", "-4", "-o", "address")
    return random.choice([network for network in _NETWORKS if f" {network}." not in taken])


def _forget_the_dead() -> None:
    """Remove what a process left that was killed before it could."""
    left = _NAMESPACES.iterdir() if _NAMESPACES.is_dir() else []
    for name in [path.name for path in left]:
        prefix, _, rest = name.partition("-")
        owner = rest.partition("-")[0]
        if prefix == _PREFIX and owner.isdigit() and not Path(f"/proc/{owner}").exists():
            _remove("netns", name)


def _remove(kind: str, name: str) -> None:
    subprocess.run(["ip", kind, "delete", name], check=False, capture_output=True)


def _run(*command: str, told: str = "") -> str:
    environment = os.environ | {
        "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"
    }  # where they are, for whoever is not root
    done = subprocess.run(command, input=told, text=True, capture_output=True, check=False, env=environment)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}{told}"
    return done.stdout
