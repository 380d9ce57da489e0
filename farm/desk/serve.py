"""Serves the desk until somebody ends it."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from farm.desk.access import SERVER
from farm.desk.app import make_app
from farm.desk.policy import policy_for
from farm.errors import Refused
from farm.operations import people

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store

LAST_ANSWERS = 2.0
"""Seconds that answers may take which are on their way when the desk ends."""


def serve(
    settings: "Settings", store: "Store", host: str, port: int, on_address: Callable[[str], None]
) -> None:
    """Serves on `host` and `port` (0 takes a free one) until Ctrl-C or SIGTERM.

    `on_address` is told once where the desk is. Raises `Refused` where nothing can listen there, or where
    another host than loopback would be open to everybody.
    """
    anybody = people.anybody(store)
    policy = policy_for(settings, host, anybody=anybody)
    app = make_app(settings, store, policy)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_served(app, host, port, on_address))


def is_there(address: str) -> bool:
    """Whether a desk answers there."""
    from urllib.error import HTTPError, URLError
    from urllib.request import urlopen

    try:
        with urlopen(address, timeout=2) as answer:  # noqa: S310
            return answer.headers.get("Server") == SERVER
    except HTTPError as refusal:
        return refusal.headers.get("Server") == SERVER
    except (URLError, OSError, ValueError):
        return False


async def _served(
    app: web.Application, host: str, port: int, on_address: Callable[[str], None]
) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=LAST_ANSWERS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except (OSError, OverflowError, UnicodeError) as error:
            raise Refused(
                f"{host}:{port}: the desk cannot listen there ({error}); give another --port"
            ) from error
        on_address(_address(runner, host))
        await _ended()
    finally:
        await runner.cleanup()


def _address(runner: web.AppRunner, host: str) -> str:
    taken = runner.addresses[0][1]
    shown = socket.gethostname() if host in ("0.0.0.0", "::", "") else host  # noqa: S104
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{taken}/"


async def _ended() -> None:
    """Waits for Ctrl-C or SIGTERM."""
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(each, done.set)
    await done.wait()
