"""Renders a take on a ComfyUI server: looks for what was made before, or sends, follows and fetches it."""

import asyncio
import hashlib
import io
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from pipeline.engines.comfyui import survey
from pipeline.engines.comfyui.client import Server, Unreachable
from pipeline.engines.comfyui.errand import Errand
from pipeline.engines.comfyui.graph import Asked, graph_of
from pipeline.engines.comfyui.names import Prompt, prompt_of, prompts_before
from pipeline.engines.comfyui.survey import Survey
from pipeline.engines.protocol import Abilities, Attempt, Watcher, check_picture
from pipeline.errors import Cause, RenderFault, RenderLost
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe
from pipeline.stages import WAITING
from pipeline.storage.files import Frames

if TYPE_CHECKING:
    from PIL.Image import Image


class ComfyEngine:
    """Asks one server; looks on all of the profile's for what an attempt before left behind."""

    def __init__(self, profile: Profile, address: str, device: str) -> None:
        self.abilities = Abilities(device=device, tells_each_step=False, stops_between_steps=False)
        self._profile = profile
        self._address = address

    def render(
        self, picture: "Image", recipe: Recipe, watcher: Watcher, attempt: Attempt
    ) -> Frames:
        """Frames (frames, height, width, 3), uint8 RGB, bit for bit as the server saved them.

        Raises `RenderFault`, `RenderLost` where the server or the prompt is gone, `RenderStopped` where
        somebody stopped it there, what `watcher` raises, and `ValueError` for a picture of another size.
        """
        check_picture(picture, recipe)
        return asyncio.run(self._render(_png(picture), recipe, watcher, attempt))

    async def _render(
        self, picture: bytes, recipe: Recipe, watcher: Watcher, attempt: Attempt
    ) -> Frames:
        watcher.stage(WAITING)
        still = hashlib.sha256(picture).hexdigest()
        async with Server(self._address) as own:
            if (found := await self._before(own, recipe, still, watcher, attempt)) is not None:
                return found
            prompt = prompt_of(attempt, recipe, still)
            errand = self._errand(own, prompt, recipe, still, watcher)
            try:
                return await errand.make(picture, still)
            except Unreachable as error:
                raise RenderLost(str(error)) from error

    async def _before(
        self, own: Server, recipe: Recipe, still: str, watcher: Watcher, attempt: Attempt
    ) -> Frames | None:
        """What an attempt before left running or finished on whichever server; None where nothing is."""
        prompts = prompts_before(attempt, recipe, still)
        if not prompts:
            return None
        others = [each for each in self._profile.engine.servers if each != own.address]
        async with AsyncExitStack() as stack:
            servers = [own, *[await stack.enter_async_context(Server(each)) for each in others]]
            for server in servers:
                for prompt in prompts:
                    errand = self._errand(server, prompt, recipe, still, watcher)
                    try:
                        if (made := await errand.adopt()) is not None:
                            return made
                    except Unreachable:
                        break  # the next server may have it, and this one is asked again anyway
        return None

    def _errand(
        self, server: Server, prompt: Prompt, recipe: Recipe, still: str, watcher: Watcher
    ) -> Errand:
        asked = Asked(recipe, f"shotfarm/{still}.png", prompt.file)
        return Errand(server, prompt, recipe, graph_of(self._profile, asked), watcher)


def load(profile: Profile, address: str) -> ComfyEngine:
    """The engine that asks the server at this address. Raises `RenderFault`: fatal for a server that lacks
    something, of the machine for one that does not answer."""
    found = looked_at(profile, address)
    if found.lacking:
        raise RenderFault(Cause.FATAL, "; ".join(found.lacking))
    return ComfyEngine(profile, address, found.device)


def looked_at(profile: Profile, address: str) -> Survey:
    """What the server says of itself. Raises `RenderFault` (of the machine) where it does not answer."""

    async def look() -> Survey:
        async with Server(address) as server:
            return await survey.look(server, profile)

    try:
        return asyncio.run(look())
    except Unreachable as error:
        raise RenderFault(Cause.MACHINE, str(error)) from error


def _png(picture: "Image") -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
