"""Talks to one ComfyUI server, by HTTP and a WebSocket: the one door to the client library.

An address is set by an admin and may still be wrong: nothing follows it elsewhere, no answer is read beyond
its bound, and every wait has an end.
"""

import asyncio
import json
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.errors import Cause, RenderFault

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

MOST_JSON = 32 * 2**20
"""Bytes of an answer that is no file: a queue holds the graphs of everybody."""
MOST_MESSAGE = 8 * 2**20
"""Bytes of a message of the socket: previews come by it, too."""
ANSWER_SECONDS = 30.0
FILE_SECONDS = 60.0
"""Without a byte of a file."""
CONNECT_SECONDS = 5.0
RECONNECT_SECONDS = 1.0
PROXY = (502, 503, 504)
"""What a proxy says of a server that does not answer it."""
HEARTBEAT_SECONDS = 20.0
"""Between two questions of a socket whether the other end is there."""
_log = logging.getLogger(__name__)


class Unreachable(Exception):
    """The server did not answer, or its answer did not come through; whether it heard is unknown."""


class TooLarge(Exception):
    """An answer is larger than it may be."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: bytes

    @property
    def ok(self) -> bool:
        return self.status == 200

    def json(self) -> Any:
        """What it holds; an empty object where that is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return {}


@dataclass(frozen=True, slots=True)
class Queue:
    """Which prompts a server has, by their ids."""

    running: frozenset[str]
    pending: frozenset[str]

    def has(self, prompt_id: str) -> bool:
        return prompt_id in self.running or prompt_id in self.pending


class Server:
    """One server, for one event loop; an asynchronous context."""

    def __init__(self, address: str) -> None:
        self.address = address

    async def __aenter__(self) -> "Server":
        aiohttp = _aiohttp()
        # No proxy of the environment, no cookie: what an admin set is what is asked.
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
        self._session: ClientSession = aiohttp.ClientSession(
            timeout=timeout,
            trust_env=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            trace_configs=[_no_redirect()],
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def get(self, path: str, most: int = MOST_JSON, **query: str) -> Answer:
        """Raises `Unreachable` and `TooLarge`."""
        return await self._ask("GET", path, ANSWER_SECONDS, most, params=query)

    async def post(self, path: str, body: Any) -> Answer:
        """Raises as `get`."""
        return await self._ask("POST", path, ANSWER_SECONDS, MOST_JSON, json=body)

    async def file(self, place: Mapping[str, str], most: int) -> Answer:
        """A file of the server's, which may take as long as bytes come. Raises as `get`."""
        return await self._ask("GET", "/view", None, most, params=dict(place))

    async def upload(self, name: str, folder: str, data: bytes) -> Answer:
        """A picture into a folder of the inputs, in the place of one of that name. Raises as `get`."""
        form = _aiohttp().FormData()
        form.add_field("image", data, filename=name, content_type="image/png")
        form.add_field("subfolder", folder)
        form.add_field("type", "input")
        form.add_field("overwrite", "true")
        return await self._ask("POST", "/upload/image", 4 * ANSWER_SECONDS, MOST_JSON, data=form)

    async def queue(self) -> Queue:
        """Raises `Unreachable`, also for an answer that is none."""
        answer = await self.get("/queue")
        told = answer.json()
        if not answer.ok or not isinstance(told, dict):
            raise Unreachable(f"{self.address} answers /queue with {answer.status}")
        return Queue(_ids(told.get("queue_running")), _ids(told.get("queue_pending")))

    async def history(self, prompt_id: str) -> Mapping[str, Any] | None:
        """What the server remembers of one prompt; never of all. Raises `Unreachable`."""
        answer = await self.get(f"/history/{prompt_id}")
        told = answer.json()
        if not answer.ok or not isinstance(told, dict):
            raise Unreachable(f"{self.address} answers /history with {answer.status}")
        entry = told.get(prompt_id)
        return entry if isinstance(entry, dict) else None

    async def listen(
        self, client_id: str, hear: Callable[[Mapping[str, Any]], None], ready: asyncio.Event
    ) -> None:
        """Hears of the prompts of this client until it is cancelled; a socket that breaks is opened anew.

        `ready` is set while one is open. What it cannot hear is for others to find out.
        """
        aiohttp = _aiohttp()
        options = {"heartbeat": HEARTBEAT_SECONDS, "max_msg_size": MOST_MESSAGE}
        while True:
            with suppress(aiohttp.ClientError, OSError, TimeoutError):
                async with self._session.ws_connect(
                    self.address + "/ws", params={"clientId": client_id}, **options
                ) as socket:
                    ready.set()
                    async for message in socket:
                        if message.type is aiohttp.WSMsgType.TEXT:
                            _hear(message.data, hear)
            ready.clear()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _ask(
        self, method: str, path: str, seconds: float | None, most: int, **values: Any
    ) -> Answer:
        aiohttp = _aiohttp()
        timeout = aiohttp.ClientTimeout(
            total=seconds, sock_connect=CONNECT_SECONDS, sock_read=FILE_SECONDS
        )
        try:
            async with self._session.request(
                method, self.address + path, timeout=timeout, allow_redirects=False, **values
            ) as response:
                if response.status in PROXY:
                    raise Unreachable(
                        f"{self.address} does not answer its proxy ({response.status})"
                    )
                return Answer(response.status, await self._read(response, most))
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unreachable(f"{self.address} does not answer ({_why(error)})") from error

    async def _read(self, response: "ClientResponse", most: int) -> bytes:
        found = bytearray()
        async for part in response.content.iter_any():
            found += part
            if len(found) > most:
                raise TooLarge(f"{self.address} answers with more than {most} bytes")
        return bytes(found)


def _aiohttp() -> Any:
    try:
        import aiohttp
    except ModuleNotFoundError as error:
        raise RenderFault(
            Cause.FATAL,
            "ComfyUI servers are asked by what this install leaves out (aiohttp): "
            'pip install "shotfarm[comfyui]"',
        ) from error
    return aiohttp


def _no_redirect() -> Any:
    """A socket, too, is opened where it was asked for, or not at all."""
    aiohttp = _aiohttp()

    async def refuse(*_: object) -> None:
        raise aiohttp.ClientConnectionError("it sends elsewhere, and nobody follows")

    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(refuse)
    return trace


def _ids(items: Any) -> frozenset[str]:
    """Of `[number, prompt_id, …]` each."""
    return frozenset(str(item[1]) for item in items or () if isinstance(item, list) and item[1:])


def _hear(text: str, hear: Callable[[Mapping[str, Any]], None]) -> None:
    with suppress(ValueError):
        if isinstance(message := json.loads(text), dict):
            hear(message)


def _why(error: BaseException) -> str:
    number = getattr(error, "errno", None)
    return os.strerror(number) if number else str(error) or type(error).__name__
