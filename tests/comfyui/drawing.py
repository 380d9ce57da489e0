"""How the played server executes a prompt: node by node, with the events, faults and files of real ones."""

import asyncio
import io
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from tests.comfyui.holding import FINISHED

if TYPE_CHECKING:
    from tests.comfyui.fake import Fake

Frames = NDArray[np.uint8]


class Restarted(Exception):
    """The server was started anew under what it did."""


class _Interrupted(Exception): ...


class _Failed(Exception):
    def __init__(self, node: str, kind: str, message: str) -> None:
        super().__init__(node, kind, message)
        self.node, self.kind, self.message = node, kind, message


def drawn(picture: Frames, frames: int, seed: int) -> Frames:
    """The frames of a picture (height, width, 3): it moves on by a pixel a frame, and stands at its end."""
    moves = [min(number, frames - 3) for number in range(frames)]
    film = np.stack([np.roll(picture, move, axis=1) for move in moves])
    film[:, 0, 0] = seed % 256
    return film


def saved(film: Frames, fps: float) -> bytes:
    """As SaveAnimatedWEBP saves them: lossless, and the same frame once."""
    pictures = [Image.fromarray(frame) for frame in film]
    file = io.BytesIO()
    options: Any = {"duration": int(1000.0 / fps), "lossless": True, "quality": 0, "method": 0}
    pictures[0].save(file, "WEBP", save_all=True, append_images=pictures[1:], **options)
    return file.getvalue()


class Execution:
    """One prompt, from its start to its entry in the history."""

    def __init__(self, fake: "Fake", item: list[Any]) -> None:
        self._fake = fake
        self._item = item
        self._id, self._graph = item[1], item[2]
        self._client = item[3]["client_id"]
        self._messages: list[Any] = []
        self._outputs: dict[str, Any] = {}
        self._steps = 0

    async def run(self) -> None:
        status, began = {"status_str": "success", "completed": True}, time.monotonic()
        await self._tell("execution_start")
        try:
            await self._nodes()
            self._messages.append(["execution_success", {"prompt_id": self._id}])
            await self._tell("execution_success")
        except _Interrupted:
            status = {"status_str": "error", "completed": False}
            self._messages.append(["execution_interrupted", {"prompt_id": self._id}])
            await self._tell("execution_interrupted")
        except _Failed as error:
            status = {"status_str": "error", "completed": False}
            told = {
                "prompt_id": self._id,
                "node_id": error.node,
                "node_type": self._graph[error.node]["class_type"],
                "executed": [],
                "exception_type": error.kind,
                "exception_message": error.message,
            }
            self._messages.append(["execution_error", told])
            await self._fake.tell(self._client, "execution_error", **told)
        # Right after the event the history does not know of it yet.
        await asyncio.sleep(0.02)
        self._check_restart()
        entry = {"outputs": self._outputs, "status": {**status, "messages": self._messages}}
        self._fake.seconds[self._id] = time.monotonic() - began
        self._fake.done(self._item, entry)
        await self._tell("executing", node=None)

    async def _nodes(self) -> None:
        order = _in_order(self._graph, self._item[4])
        cached = [node for node in order if self._key(node) in self._fake._cached]
        await self._tell("execution_cached", nodes=cached)
        for node in order:
            if node in cached:
                continue
            await self._tell("executing", node=node, display_node=node)
            await self._execute(node, self._graph[node])
            if self._graph[node]["class_type"] != "SaveAnimatedWEBP":
                self._fake._cached.add(self._key(node))

    async def _execute(self, node: str, each: dict[str, Any]) -> None:
        inputs = each["inputs"]
        match each["class_type"]:
            case "LoadImage":
                self._check_picture(node)
            case "KSamplerAdvanced":
                await self._sample(node, inputs)
            case "SaveAnimatedWEBP":
                await self._save(node, inputs)
            case _:
                await self._pass(0)
        await self._stay(each["class_type"])

    async def _sample(self, node: str, inputs: dict[str, Any]) -> None:
        if self._fake._happens("out of memory"):
            raise _Failed(
                node, "torch.OutOfMemoryError", "Allocation on device would exceed memory\n"
            )
        if self._fake._happens("failing node"):
            raise _Failed(node, "RuntimeError", "expected scalar type Half but found Float\n")
        most = inputs["end_at_step"] - inputs["start_at_step"]
        for step in range(1, most + 1):
            await self._pass(self._fake.step_seconds)
            self._steps += 1
            await self._tell("progress", value=step, max=most, node=node)
            await self._stay("KSamplerAdvanced")
        if inputs["return_with_leftover_noise"] == "disable":
            self._fake.executed.append(self._id)

    async def _save(self, node: str, inputs: dict[str, Any]) -> None:
        if self._fake._happens("full disk"):
            raise _Failed(node, "OSError", "[Errno 28] No space left on device\n")
        if self._fake._happens("no outputs"):
            return
        folder, _, name = inputs["filename_prefix"].rpartition("/")
        place = self._fake.folder / "output" / folder
        place.mkdir(exist_ok=True)
        given = list(place.glob(f"{name}_*"))
        file = place / f"{name}_{len(given) + 1:05}_.webp"
        data = await asyncio.to_thread(self._film, inputs)
        if self._fake._happens("cut off"):
            file.write_bytes(data[: len(data) // 2])
            self._fake.forget()
            raise Restarted
        file.write_bytes(data)
        with (self._fake.folder / FINISHED).open("a") as told:
            told.write(f"{self._item[3].get('shotfarm', {}).get('recipe')}\n")
        image = {"filename": file.name, "subfolder": folder, "type": "output"}
        self._outputs[node] = {"images": [image], "animated": [True]}
        await self._tell("executed", node=node, output=self._outputs[node])

    def _film(self, inputs: dict[str, Any]) -> bytes:
        if self._fake.film:
            return Path(self._fake.film).read_bytes()
        return saved(self._frames(inputs["images"][0]), inputs["fps"])

    def _frames(self, node: str) -> Frames:
        """What comes out of a node that gives pictures."""
        each = self._graph[node]
        if each["class_type"] == "LoadImage":
            return self._picture(each["inputs"]["image"])[None]
        if each["class_type"] == "ImageBatch":
            links = [each["inputs"][name][0] for name in ("image1", "image2")]
            return np.concatenate([self._frames(link) for link in links])
        of = {each["class_type"]: each["inputs"] for each in self._graph.values()}
        frames = of["WanImageToVideo"]["length"] - 4 * self._fake._happens("wrong frame count")
        seed = of["KSamplerAdvanced"]["noise_seed"]
        return drawn(self._picture(of["LoadImage"]["image"]), frames, seed)

    def _picture(self, name: str) -> Frames:
        return np.asarray(Image.open(self._fake.folder / "input" / name))

    def _check_picture(self, node: str) -> None:
        try:
            self._picture(self._graph[node]["inputs"]["image"])
        except UnidentifiedImageError as error:
            raise _Failed(node, "PIL.UnidentifiedImageError", f"{error}\n") from error

    async def _pass(self, seconds: float) -> None:
        """So much time, as long as nobody stops it."""
        until = time.monotonic() + seconds
        while True:
            self._check_restart()
            if self._fake.is_interrupted(self._id):
                raise _Interrupted
            if (left := until - time.monotonic()) <= 0:
                return
            await asyncio.sleep(min(left, 0.02))

    async def _stay(self, node: str) -> None:
        """For as long as the test has it so, and nobody stops it."""
        while self._fake.stays(node, self._steps):
            await self._pass(0.02)

    def _check_restart(self) -> None:
        if self._fake.is_lost(self._id):
            raise Restarted

    def _key(self, node: str) -> str:
        """What a node's result depends on: its class, its inputs, and theirs."""
        each = self._graph[node]
        inputs = {
            name: self._key(value[0]) if isinstance(value, list) else value
            for name, value in each["inputs"].items()
        }
        return json.dumps([each["class_type"], inputs], sort_keys=True)

    async def _tell(self, kind: str, **data: Any) -> None:
        await self._fake.tell(self._client, kind, prompt_id=self._id, **data)


def _in_order(graph: dict[str, Any], outputs: list[str]) -> list[str]:
    """The nodes that these are made of; what a node is made of comes before it."""
    order: list[str] = []

    def visit(node: str) -> None:
        for value in graph[node]["inputs"].values():
            if isinstance(value, list):
                visit(value[0])
        if node not in order:
            order.append(node)

    for node in outputs:
        visit(node)
    return order
