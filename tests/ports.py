"""Ports for servers that a test starts, on which nobody else comes to listen meanwhile."""

import random
import socket
from contextlib import ExitStack

OURS = range(20_000, 32_000)
"""Above those that Ray gives to its workers (10002 … 19999), and below those that systems give to whoever
asks for any: a Ray cluster beside takes dozens of these, in the seconds that a server needs to start."""


def free_ports(number: int, host: str = "127.0.0.1") -> list[int]:
    """So many, on each of which nobody listens."""
    found: list[int] = []
    with ExitStack() as held:
        for port in random.SystemRandom().sample(OURS, len(OURS)):
            try:
                held.enter_context(socket.create_server((host, port)))
            except OSError:
                continue
            found.append(port)
            if len(found) == number:
                break
    return found
