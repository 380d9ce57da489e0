"""One prompt on one server: sent once, followed to its end, its frames fetched, and forgotten there.

Nothing that a server does happens once by itself: what is sent twice is rendered twice. So whoever does not
know whether the server heard looks first.
"""

import asyncio
import errno
import logging
import time
from collections.abc import Mapping
from contextlib import suppress

from pipeline.engines.comfyui import answers, frames
from pipeline.engines.comfyui.client import Server, TooLarge, Unreachable
from pipeline.engines.comfyui.following import Following
from pipeline.engines.comfyui.frames import WrongFrames
from pipeline.engines.comfyui.graph import FOLDER, Graph, output_of
from pipeline.engines.comfyui.names import Prompt
from pipeline.engines.protocol import Watcher
from pipeline.errors import Cause, RenderFault, RenderLost
from pipeline.recipe import Recipe
from pipeline.stages import WAITING
from pipeline.storage.files import Frames

TICK_SECONDS = 0.25
"""Between two looks at whether the take may go on."""
LOOK_SECONDS = 5.0
"""Between two questions where the prompt is, beside the socket: sockets go deaf."""
DEAF_LOOK_SECONDS = 1.0
"""The same where there is no socket."""
SOCKET_SECONDS = 3.0
"""To wait for the socket before the prompt is sent."""
SILENT_SECONDS = 10.0
"""Without an answer after which a server is gone."""
SENDS = 3
"""Times that a prompt is sent which the server did not hear of."""
CANCEL_SECONDS = 15.0
_log = logging.getLogger(__name__)


class Errand:
    """What one attempt wants of one server."""

    def __init__(
        self, server: Server, prompt: Prompt, recipe: Recipe, graph: Graph, watcher: Watcher
    ) -> None:
        self._server = server
        self._prompt = prompt
        self._recipe = recipe
        self._graph = graph
        self._watcher = watcher
        self._following = Following(prompt.id, graph, recipe.steps)
        self._told: tuple[str, int] = (WAITING, 0)

    async def make(self, picture: bytes, still: str) -> Frames:
        """The frames of a prompt that is new. Raises `Unreachable` and what rendering raises."""
        await self._upload(picture, f"{still}.png")
        return await self._followed(new=True)

    async def adopt(self) -> Frames | None:
        """Those of a prompt that was sent before, running or finished; None where the server has neither.

        Raises as `make`.
        """
        if (await self._server.queue()).has(self._prompt.id):
            return await self._followed(new=False)
        entry = await self._server.history(self._prompt.id)
        ended = answers.ended(entry, self._server.address) if entry else None
        if ended and not ended.file:
            return None
        return await self._left_behind()

    async def _upload(self, picture: bytes, name: str) -> None:
        answer = await self._server.upload(name, FOLDER, picture)
        told = answer.json()
        if not answer.ok or not isinstance(told, dict) or told.get("name") != name:
            raise RenderFault(
                Cause.FATAL if answer.status == 413 else Cause.MACHINE,
                f"{self._server.address} did not take the still ({answer.status})",
            )

    async def _followed(self, *, new: bool) -> Frames:
        """Hears of the prompt before it is sent, so that nothing is missed."""
        ready = asyncio.Event()
        listening = asyncio.create_task(
            self._server.listen(self._prompt.client, self._following.hear, ready)
        )
        over = False
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(ready.wait(), SOCKET_SECONDS)
            if new:
                await self._send()
            ended = await self._end(ready)
            over = True
        except (RenderFault, RenderLost, Unreachable):
            over = True  # it is none any more, or nobody can be told
            raise
        finally:
            listening.cancel()
            if not over:
                await self._cancel()
        made = await (self._fetched(ended) if ended else self._left_behind())
        if made is None:
            raise RenderLost(
                f"{self._server.address} knows nothing of it any more: it was started anew, or somebody "
                "took it out"
            )
        self._watcher.step(self._recipe.steps, self._recipe.steps)
        return made

    # Sending.

    async def _send(self) -> None:
        body = {
            "prompt": self._graph,
            "prompt_id": self._prompt.id,
            "client_id": self._prompt.client,
            "extra_data": {"shotfarm": {"recipe": self._recipe.hash}},
        }
        for attempt in range(SENDS):
            if attempt and await self._is_there():
                return
            try:
                answer = await self._server.post("/prompt", body)
            except Unreachable:
                await self._pause()
                continue
            told = answer.json()
            told = told if isinstance(told, dict) else {}
            if not answer.ok:
                raise answers.refused(answer.status, told, self._server.address)
            if told.get("node_errors"):
                await self._cancel()
                raise answers.refused(answer.status, told, self._server.address)
            return
        if not await self._is_there():
            raise RenderLost(f"{self._server.address} does not say whether it takes prompts")

    async def _is_there(self) -> bool:
        """Whether the server has heard of it. In this order: it goes from the queue into the history."""
        if (await self._server.queue()).has(self._prompt.id):
            return True
        return await self._server.history(self._prompt.id) is not None

    async def _pause(self) -> None:
        self._tell()
        await asyncio.sleep(DEAF_LOOK_SECONDS)

    # Following.

    async def _end(self, ready: asyncio.Event) -> Mapping[str, str] | None:
        """Where the frames of the prompt are, once it is done; None where the server has forgotten it.

        Raises what became of it otherwise.
        """
        answered = time.monotonic()
        missing = looked = 0.0
        while True:
            self._tell()
            now = time.monotonic()
            every = LOOK_SECONDS if ready.is_set() and not missing else DEAF_LOOK_SECONDS
            if not self._following.over and now - looked < every:
                await asyncio.sleep(TICK_SECONDS)
                continue
            looked = now
            try:
                there = await self._look()
            except Unreachable as error:
                if time.monotonic() - answered > SILENT_SECONDS or _refuses(error):
                    raise RenderLost(str(error)) from error
                await asyncio.sleep(TICK_SECONDS)
                continue
            answered = time.monotonic()
            if isinstance(there, answers.Ended):
                if there.error:
                    raise there.error
                assert there.file
                return there.file
            if there:
                missing = 0.0
            elif missing:
                return None
            else:
                missing = now
            await asyncio.sleep(TICK_SECONDS)

    async def _look(self) -> "answers.Ended | bool":
        """How it ended, or whether the server has it."""
        queue = await self._server.queue()
        if self._prompt.id in queue.pending:
            self._following.waits()
            return True
        if self._prompt.id in queue.running:
            self._following.runs()
            return True
        entry = await self._server.history(self._prompt.id)
        ended = answers.ended(entry, self._server.address) if entry else None
        return ended or entry is not None

    def _tell(self) -> None:
        """Where the take is; raises where it may not go on."""
        stage, step = self._following.stage, self._following.step
        if stage != self._told[0] or stage == WAITING:
            self._watcher.stage(stage)
        self._told = (stage, step)
        self._watcher.step(step, self._recipe.steps)

    # After it.

    async def _fetched(self, place: Mapping[str, str]) -> Frames:
        """The frames, and the server forgets the prompt. Raises `RenderFault` for other frames than were
        asked for, and where there are none."""
        recipe, address = self._recipe, self._server.address
        try:
            answer = await self._server.file(place, frames.most_bytes(recipe))
            if not answer.ok:
                raise RenderFault(Cause.MACHINE, f"{address} lost the frames that it made")
            made = frames.read(answer.body, recipe)
        except TooLarge as error:
            raise RenderFault(Cause.MACHINE, str(error)) from error
        except WrongFrames as error:
            raise RenderFault(
                Cause.MACHINE,
                f"{address} made {error}, and {recipe.frames} frames of {recipe.width}x{recipe.height} "
                "were asked for",
            ) from error
        await self._forget()
        return made

    async def _left_behind(self) -> Frames | None:
        """Frames of a prompt that its server need not remember: one that was started anew still has its
        files, as far as they were written to their end."""
        try:
            return await self._fetched(output_of(self._prompt.file))
        except RenderFault:
            return None

    async def _forget(self) -> None:
        """Its entry alone: it holds the whole graph, and other people's are theirs."""
        with suppress(Unreachable, TooLarge):
            await self._server.post("/history", {"delete": [self._prompt.id]})

    async def _cancel(self) -> None:
        """Whoever waits for it must not go on waiting: what cannot be cancelled is said, and no more."""
        try:
            async with asyncio.timeout(CANCEL_SECONDS):
                while not await self._cancelled():
                    await asyncio.sleep(TICK_SECONDS)
        except (Unreachable, TooLarge, TimeoutError) as error:
            _log.warning(
                "%s may still render prompt %s: it could not be cancelled (%s)",
                self._server.address,
                self._prompt.id,
                str(error) or "it did not stop",
            )

    async def _cancelled(self) -> bool:
        """Asks once, and whether it has left the queue then.

        Older servers know no jobs. Some of them stop whatever runs: none is interrupted that is not ours.
        """
        answer = await self._server.post(f"/api/jobs/{self._prompt.id}/cancel", {})
        if answer.status in (404, 405):
            await self._server.post("/queue", {"delete": [self._prompt.id]})
            if self._prompt.id in (await self._server.queue()).running:
                await self._server.post("/interrupt", {"prompt_id": self._prompt.id})
        if (await self._server.queue()).has(self._prompt.id):
            return False
        await self._forget()
        return True


def _refuses(error: Unreachable) -> bool:
    return (
        isinstance(error.__cause__, OSError)
        and getattr(error.__cause__, "errno", 0) == errno.ECONNREFUSED
    )
