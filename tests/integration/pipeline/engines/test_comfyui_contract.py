"""What the bridge takes for granted of a ComfyUI server, asked of the played ones and of a real one.

`FARM_TEST_COMFYUI` names that (`http://host:8188`). It needs no models for this, and must be idle; what is
asked of it leaves pictures in `shotfarm` below its inputs and outputs. None has been asked yet.
"""

import asyncio
import io
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.engines.comfyui import answers, frames
from pipeline.engines.comfyui.client import Answer, Server
from pipeline.engines.comfyui.graph import SAVER, output_of
from pipeline.errors import Cause
from tests.comfyui.running import playing
from tests.conftest import a_recipe

REAL = os.environ.get("FARM_TEST_COMFYUI", "")
KINDS = ["now", "legacy", *(["real"] if REAL else [])]


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "real":
        yield REAL
        return
    with playing(tmp_path, legacy=request.param == "legacy") as (_, served):
        yield served


def noise(seed: int) -> Any:
    return np.random.default_rng(seed).integers(0, 256, (64, 64, 3), np.uint8)


def png(picture: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def graph(name: str) -> dict[str, Any]:
    """Two stills become two frames: no model is asked."""
    saver = {"images": ["2", 0], "filename_prefix": f"shotfarm/{name}", "fps": 10.0,
             "lossless": True, "quality": 0, "method": "fastest"}  # fmt: skip
    return {
        "0": {"class_type": "LoadImage", "inputs": {"image": "shotfarm/contract_0.png"}},
        "1": {"class_type": "LoadImage", "inputs": {"image": "shotfarm/contract_1.png"}},
        "2": {"class_type": "ImageBatch", "inputs": {"image1": ["0", 0], "image2": ["1", 0]}},
        SAVER: {"class_type": "SaveAnimatedWEBP", "inputs": saver},
    }


async def upload(server: Server) -> None:
    for number in (0, 1):
        answer = await server.upload(f"contract_{number}.png", "shotfarm", png(noise(number)))
        assert answer.ok
        told = answer.json()
        assert (told["name"], told["type"]) == (f"contract_{number}.png", "input")


async def send(server: Server, prompt_id: str, what: Any, client: str = "") -> Answer:
    body = {"prompt": what, "prompt_id": prompt_id, "extra_data": {"shotfarm": {}}}
    return await server.post("/prompt", body | ({"client_id": client} if client else {}))


async def end_of(server: Server, prompt_id: str) -> answers.Ended:
    async with asyncio.timeout(60):
        while True:
            entry = await server.history(prompt_id)
            if entry and (ended := answers.ended(entry, server.address)):
                return ended
            await asyncio.sleep(0.05)


def asking(address: str, what: Any) -> None:
    async def ask() -> None:
        async with Server(address) as server:
            await what(server)

    asyncio.run(ask())


def test_frames_of_a_prompt_come_back_bit_for_bit_from_where_its_name_says(address: str) -> None:
    async def ask(server: Server) -> None:
        await upload(server)
        prompt_id, name = str(uuid.uuid4()), uuid.uuid4().hex
        answer = await send(server, prompt_id, graph(name))
        assert answer.ok
        assert answer.json()["prompt_id"] == prompt_id
        ended = await end_of(server, prompt_id)
        assert ended.file == output_of(name)
        assert not (await server.queue()).has(prompt_id)
        made = await server.file(output_of(name), 2**24)
        expected = np.stack([noise(0), noise(1)])
        assert (frames.read(made.body, a_recipe(frames=2)) == expected).all()

        await server.post("/history", {"delete": [prompt_id]})
        assert await server.history(prompt_id) is None
        assert (await server.file(output_of(name), 2**24)).ok

    asking(address, ask)


def test_the_socket_tells_of_the_prompt_and_of_its_end(address: str) -> None:
    async def ask(server: Server) -> None:
        await upload(server)
        prompt_id, heard, ready = str(uuid.uuid4()), list[Any](), asyncio.Event()
        listening = asyncio.create_task(server.listen("contract", heard.append, ready))
        async with asyncio.timeout(30):
            await ready.wait()
            await send(server, prompt_id, graph(uuid.uuid4().hex), "contract")
            while not any(_is_end(each, prompt_id) for each in heard):
                await asyncio.sleep(0.02)
        listening.cancel()
        assert await server.history(prompt_id) is not None
        kinds = [each["type"] for each in heard]
        assert kinds.index("execution_start") < kinds.index("executing")
        assert "execution_success" in kinds

    asking(address, ask)


def _is_end(message: Any, prompt_id: str) -> bool:
    data = message["data"]
    ended = message["type"] == "executing" and data.get("node", "") is None
    return ended and data.get("prompt_id") == prompt_id


def test_the_same_id_twice_is_made_twice(address: str) -> None:
    async def ask(server: Server) -> None:
        await upload(server)
        prompt_id, names = str(uuid.uuid4()), [uuid.uuid4().hex for _ in range(2)]
        for name in names:
            assert (await send(server, prompt_id, graph(name))).ok
            await end_of(server, prompt_id)
        async with asyncio.timeout(60):
            while not (await server.file(output_of(names[1]), 2**24)).ok:
                await asyncio.sleep(0.05)
        assert (await server.file(output_of(names[0]), 2**24)).ok

    asking(address, ask)


def test_what_is_unknown_is_said_so(address: str) -> None:
    async def ask(server: Server) -> None:
        unknown = str(uuid.uuid4())
        assert await server.history(unknown) is None
        assert not (await server.queue()).has(unknown)
        assert (await server.get("/object_info/Nope")).json() == {}
        assert "WanImageToVideo" in (await server.get("/object_info/WanImageToVideo")).json()
        assert (await server.file(output_of("nope"), 2**20)).status == 404
        stats = (await server.get("/system_stats")).json()
        assert stats["system"]["comfyui_version"]
        assert stats["devices"][0]["name"]
        assert isinstance((await server.get("/models/vae")).json(), list)

    asking(address, ask)


def test_refusals_name_what_is_lacking(address: str) -> None:
    async def ask(server: Server) -> None:
        await upload(server)
        for what, cause, said in (
            ({"1": {"class_type": "Nope", "inputs": {}}}, Cause.FATAL, "no node Nope"),
            (_with_still(graph("a"), "shotfarm/nope.png"), Cause.MACHINE, "lost the still"),
            ({"0": graph("a")["0"]}, Cause.FATAL, "outputs"),
        ):
            answer = await send(server, str(uuid.uuid4()), what)
            assert answer.status == 400
            fault = answers.refused(answer.status, answer.json(), server.address)
            assert (fault.cause, said in fault.sentence) == (cause, True), fault.sentence

    asking(address, ask)


def _with_still(found: dict[str, Any], name: str) -> dict[str, Any]:
    found["0"]["inputs"]["image"] = name
    return found


def test_what_is_not_there_can_be_cancelled(address: str) -> None:
    async def ask(server: Server) -> None:
        unknown = str(uuid.uuid4())
        assert (await server.post("/queue", {"delete": [unknown]})).ok
        assert (await server.post(f"/api/jobs/{unknown}/cancel", {})).status in (200, 404, 405)
        assert (await server.post("/history", {"delete": [unknown]})).ok

    asking(address, ask)
