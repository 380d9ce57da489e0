"""A second machine's network on this one: a namespace with a cable that can be pulled."""

import os
import shutil
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """Where the head and the second node are reached."""

    head: str
    node: str
    namespace: str | None
    """None where this machine allows no namespaces: then both are this machine, and no cable is there."""

    def inside(self, name: str) -> list[str]:
        """What goes before a command that shall run on the second node, whose host is called `name`."""
        if self.namespace is None:
            return []
        enter = ["ip", "netns", "exec", self.namespace, "unshare", "--uts", "sh", "-c"]
        return [*enter, f'hostname {name} && exec "$@"', name]

    def pull(self) -> None:
        """From now on no packet goes between the two."""
        _ip("link", "set", f"{self.namespace}a", "down")

    def plug_in(self) -> None:
        _ip("link", "set", f"{self.namespace}a", "up")

    def close(self) -> None:
        if self.namespace is not None:
            subprocess.run(["ip", "netns", "del", self.namespace], capture_output=True)
            subprocess.run(
                ["ip", "addr", "del", f"{self.head}/32", "dev", "lo"], capture_output=True
            )


def make_network() -> Network:
    """A namespace of its own for the second node where this machine allows it, else loopback."""
    name, part = f"ch{os.getpid() % 100000}", os.getpid() % 250
    network = Network(f"10.213.{part}.1", f"10.214.{part}.2", name)
    gate = f"10.214.{part}.1"
    if os.geteuid() != 0 or not shutil.which("ip"):
        return LOOPBACK
    try:
        _ip("netns", "add", name)
        _ip("link", "add", f"{name}a", "type", "veth", "peer", "name", f"{name}b", "netns", name)
        # The head's address is not the cable's, so that it stays when the cable is pulled.
        _ip("addr", "add", f"{network.head}/32", "dev", "lo")
        _ip("addr", "add", f"{gate}/30", "dev", f"{name}a")
        _ip("link", "set", f"{name}a", "up")
        _ip("-n", name, "addr", "add", f"{network.node}/30", "dev", f"{name}b")
        _ip("-n", name, "link", "set", f"{name}b", "up")
        _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", name, "route", "add", "default", "via", gate)
    except (OSError, subprocess.CalledProcessError):
        network.close()
        return LOOPBACK
    return network


LOOPBACK = Network("127.0.0.1", "127.0.0.1", None)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
