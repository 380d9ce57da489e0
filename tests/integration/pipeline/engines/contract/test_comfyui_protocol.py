"""What the bridge takes for granted of a ComfyUI server, with models or without: of the played ones, and of
a real one (`tests/comfyui/real.py`).

What is asked of it leaves pictures in `shotfarm` below its inputs and outputs.
"""

import asyncio
import io
import uuid
from typing import Any

import numpy as np
from PIL import Image

from pipeline.engines.comfyui import answers, frames
from pipeline.engines.comfyui.client import Answer, Server
from pipeline.engines.comfyui.graph import SAVER, output_of
from pipeline.errors import Cause, RenderFault
from tests.comfyui.takes import PATIENCE
from tests.conftest import a_recipe


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
    async with asyncio.timeout(PATIENCE):
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
        async with asyncio.timeout(PATIENCE):
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
        async with asyncio.timeout(PATIENCE):
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


def test_a_graph_of_which_only_some_can_be_made_is_taken_and_says_so(address: str) -> None:
    async def ask(server: Server) -> None:
        await upload(server)
        name, prompt_id = uuid.uuid4().hex, str(uuid.uuid4())
        what = graph(name)
        what["lost"] = {"class_type": "LoadImage", "inputs": {"image": "shotfarm/nope.png"}}
        saver = what[SAVER]["inputs"] | {
            "images": ["lost", 0],
            "filename_prefix": f"shotfarm/{name}x",
        }
        what["lost_frames"] = {"class_type": "SaveAnimatedWEBP", "inputs": saver}
        answer = await send(server, prompt_id, what)
        assert answer.ok
        (problem,) = answer.json()["node_errors"]["lost"]["errors"]
        assert problem["type"] == "custom_validation_failed"
        fault = answers.refused(answer.status, answer.json(), server.address)
        assert "lost the still" in fault.sentence
        ended = await end_of(server, prompt_id)
        assert ended.file == output_of(name)
        assert (await server.file(output_of(f"{name}x"), 2**20)).status == 404

    asking(address, ask)


def test_a_picture_that_cannot_be_read_fails_where_it_is_loaded(address: str) -> None:
    async def ask(server: Server) -> None:
        await upload(server)
        assert (await server.upload("contract_none.png", "shotfarm", b"no picture")).ok
        prompt_id = str(uuid.uuid4())
        what = _with_still(graph(uuid.uuid4().hex), "shotfarm/contract_none.png")
        assert (await send(server, prompt_id, what)).ok
        ended = await end_of(server, prompt_id)
        assert isinstance(ended.error, RenderFault)
        assert ended.error.cause is Cause.MACHINE
        assert ended.error.sentence.startswith(f"LoadImage on {server.address} failed: ")
        again = str(uuid.uuid4())
        assert (await send(server, again, graph(uuid.uuid4().hex))).ok
        assert (await end_of(server, again)).file  # it goes on with what comes next

    asking(address, ask)


def test_frames_that_are_equal_are_shown_for_longer(address: str) -> None:
    async def ask(server: Server) -> None:
        await upload(server)
        name, prompt_id = uuid.uuid4().hex, str(uuid.uuid4())
        what = graph(name)
        what["2"]["inputs"]["image2"] = ["0", 0]
        what["3"] = {"class_type": "ImageBatch", "inputs": {"image1": ["2", 0], "image2": ["1", 0]}}
        what[SAVER]["inputs"]["images"] = ["3", 0]
        assert (await send(server, prompt_id, what)).ok
        await end_of(server, prompt_id)
        made = await server.file(output_of(name), 2**24)
        with Image.open(io.BytesIO(made.body)) as film:
            assert getattr(film, "n_frames", 1) == 2
        expected = np.stack([noise(0), noise(0), noise(1)])
        assert (frames.read(made.body, a_recipe(frames=3)) == expected).all()

    asking(address, ask)


def test_a_picture_of_the_same_name_takes_the_place_of_the_one_before(address: str) -> None:
    async def ask(server: Server) -> None:
        for seed in (7, 8):
            await upload(server)
            assert (await server.upload("contract_1.png", "shotfarm", png(noise(seed)))).ok
            name, prompt_id = uuid.uuid4().hex, str(uuid.uuid4())
            assert (await send(server, prompt_id, graph(name))).ok
            await end_of(server, prompt_id)
            made = await server.file(output_of(name), 2**24)
            assert (frames.read(made.body, a_recipe(frames=2))[1] == noise(seed)).all()

    asking(address, ask)


def test_whoever_comes_later_under_a_name_hears_of_its_prompts(address: str) -> None:
    """So goes on with a prompt whoever adopts it, though the one before still listens."""

    async def ask(server: Server) -> None:
        await upload(server)
        prompt_id, client = str(uuid.uuid4()), uuid.uuid4().hex
        heard, listening = [list[Any](), list[Any]()], list[asyncio.Task[None]]()
        async with asyncio.timeout(PATIENCE):
            for each in heard:
                ready = asyncio.Event()
                listening.append(asyncio.create_task(server.listen(client, each.append, ready)))
                await ready.wait()
                while not each:  # the server knows it once it has greeted it
                    await asyncio.sleep(0.02)
            await send(server, prompt_id, graph(uuid.uuid4().hex), client)
            while not any(_is_end(each, prompt_id) for each in heard[1]):
                await asyncio.sleep(0.02)
        for each in listening:
            each.cancel()
        assert "execution_start" not in {each["type"] for each in heard[0]}

    asking(address, ask)


def test_an_id_is_kept_or_refused(address: str) -> None:
    """Older servers take any; newer ones a UUID as Python writes it."""

    async def ask(server: Server) -> None:
        await upload(server)
        prompt_id = f"contract {uuid.uuid4()}"
        answer = await send(server, prompt_id, graph(uuid.uuid4().hex))
        if answer.ok:
            assert answer.json()["prompt_id"] == prompt_id
            assert (await end_of(server, prompt_id)).file
        else:
            assert answer.status == 400
            assert answer.json()["error"]["type"] == "invalid_prompt_id"

    asking(address, ask)
