"""A TCP relay in front of PostgreSQL: cut, or hanging, as a network can be."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any


class Relay:
    """Passes a TCP port of this machine on to a Unix socket."""

    def __init__(self, upstream: str) -> None:
        """`upstream` is the path of the socket; it need not answer always."""
        self._upstream = upstream
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._flows.set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relay", daemon=True)
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop
        ).result(60)
        self.port: int = server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Ends every connection with a reset."""
        self._tell(self._reset_all)

    def hang(self) -> None:
        """Nothing passes any more, and nothing fails."""
        self._tell(self._flows.clear)

    def flow(self) -> None:
        self._tell(self._flows.set)

    def close(self) -> None:
        self._tell(self._reset_all)
        self._tell(self._loop.stop)
        self._thread.join(10)

    def _tell(self, what: Callable[[], Any]) -> None:
        self._loop.call_soon_threadsafe(what)

    def _reset_all(self) -> None:
        for writer in list(self._writers):
            held = writer.get_extra_info("socket")
            if held.family != socket.AF_UNIX:
                with suppress(OSError):
                    held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._flows.wait()
            far_reader, far_writer = await asyncio.open_unix_connection(self._upstream)
        except OSError:
            self._forget(writer)
            return
        self._writers.add(far_writer)
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._forget(writer)
        self._forget(far_writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        with suppress(OSError):
            writer.close()

    def _forget(self, writer: asyncio.StreamWriter) -> None:
        self._writers.discard(writer)
        with suppress(OSError):
            writer.close()
