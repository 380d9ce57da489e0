"""Takes on ComfyUI servers that render: the same ones on the played servers and on a real one
(`tests/comfyui/real.py`), whose frames are noise.

Servers drop some of the steps that they tell, and are as fast as they like: a take that is to be met in the
middle has many.
"""

import asyncio
import io
import json
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pipeline.engines import loading
from pipeline.engines.comfyui import answers, errand
from pipeline.engines.comfyui.client import Server
from pipeline.engines.comfyui.engine import ComfyEngine
from pipeline.engines.comfyui.graph import Asked, graph_of, output_of
from pipeline.engines.comfyui.names import Prompt
from pipeline.engines.protocol import Attempt
from pipeline.errors import Cause, RenderFault, RenderLost, RenderStopped
from pipeline.recipe import WAITING
from tests.comfyui.running import until
from tests.comfyui.takes import Heard, a_picture, make
from tests.conftest import a_recipe

LONG = 60
"""Steps of a take that is met in the middle."""


def attempts(number: int = 2) -> list[Attempt]:
    """At a take that nobody has asked for before, on a server that may be old."""
    take = uuid.uuid4().hex
    return [Attempt(take, token + 1) for token in range(number)]


class Meeting(Heard):
    """A watcher that does something once the take has begun its steps; what that raises ends the take."""

    def __init__(self, what: Any) -> None:
        super().__init__(at=self._look)
        self._what, self.met = what, False

    def _look(self, _: Heard) -> None:
        if not self.met and self.steps and 1 <= self.steps[-1][0] < self.steps[-1][1]:
            self.met = True
            self._what()


def raising(error: BaseException) -> Any:
    def it() -> None:
        raise error

    return it


@contextmanager
def sent() -> Iterator[list[Prompt]]:
    """The prompts that are made while it lasts."""
    found, original = list[Prompt](), errand.Errand._send

    async def noted(self: errand.Errand) -> None:
        found.append(self._prompt)
        await original(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(errand.Errand, "_send", noted)
        yield found


def ask(address: str, what: Any) -> Any:
    async def it() -> Any:
        async with Server(address) as server:
            return await what(server)

    return asyncio.run(it())


def knows(address: str, prompt: Prompt) -> bool:
    """Whether the server has the prompt in its queue, or in its history."""

    async def look(server: Server) -> bool:
        queued = (await server.queue()).has(prompt.id)
        return queued or await server.history(prompt.id) is not None

    return ask(address, look)


def files(address: str, prompt: Prompt) -> list[bool]:
    """Whether its file is there, and whether it is there a second time."""
    first = output_of(prompt.file)
    second = first | {"filename": first["filename"].replace("_00001_", "_00002_")}

    async def look(server: Server) -> list[bool]:
        return [(await server.file(place, 2**26)).ok for place in (first, second)]

    return ask(address, look)


def test_a_take_is_whole_and_its_steps_are_those_of_both_samplers(served: Any) -> None:
    (first, _), heard = attempts(), Heard()
    with sent() as prompts:
        made = make(served.engine(), first, heard, steps=LONG, seed=1)
    assert made.shape == (17, 64, 64, 3)
    assert made.std() > 1
    assert heard.in_order[0] == WAITING
    assert next(stage for stage in heard.in_order if stage in ("denoise", "decode")) == "denoise"
    told = [step for step, _ in heard.steps]
    assert told == sorted(told)
    assert told[-1] == LONG
    assert len(set(told)) > 3
    assert max(step for step in told if step < LONG) > LONG * 5 // 8, "the low expert was not heard"
    assert not knows(served.address, prompts[0])
    assert files(served.address, prompts[0]) == [True, False]


def test_the_same_recipe_again_is_another_file_of_the_same_frames(served: Any) -> None:
    engine, heard = served.engine(), Heard()
    with sent() as prompts:
        one = make(engine, attempts()[0], seed=2)
        other = make(engine, attempts()[0], heard, seed=2)
    assert (one == other).all()
    assert [files(served.address, each) for each in prompts] == [[True, False]] * 2
    assert {step for step, _ in heard.steps} <= {0, 8}, "it was rendered, and not remembered"


def test_other_words_and_another_seed_are_other_frames(served: Any) -> None:
    engine = served.engine()
    one = make(engine, attempts()[0], seed=3)
    assert (one != make(engine, attempts()[0], seed=4)).any()


def test_a_take_that_may_not_go_on_leaves_the_server_free(served: Any) -> None:
    engine, (first, second) = served.engine(), attempts()
    stop = Meeting(raising(RenderStopped("its lease was not extended in time")))
    with sent() as prompts, pytest.raises(RenderStopped, match="lease"):
        make(engine, first, stop, steps=LONG, seed=5)
    assert not knows(served.address, prompts[0])
    assert files(served.address, prompts[0]) == [False, False]
    assert make(engine, second, steps=8, seed=5).shape == (17, 64, 64, 3)


def test_whoever_stops_it_at_the_server_is_told_from_a_failure(served: Any) -> None:
    engine = served.engine()

    def interrupt() -> None:
        told = json.dumps({"prompt_id": prompts[0].id}).encode()
        urllib.request.urlopen(f"{served.address}/interrupt", told, timeout=30).close()

    with sent() as prompts, pytest.raises(RenderStopped, match="somebody stopped it"):
        make(engine, attempts()[0], Meeting(interrupt), steps=LONG, seed=6)


@contextmanager
def somebody_elses(served: Any) -> Iterator[str]:
    """A prompt that runs for long, and is nobody's take."""
    prompt_id = str(uuid.uuid4())
    recipe = a_recipe(steps=900, seed=7)
    graph = graph_of(served.profile, Asked(recipe, "shotfarm/foreign.png", uuid.uuid4().hex))

    async def begin(server: Server) -> None:
        assert (await server.upload("foreign.png", "shotfarm", _png())).ok
        assert (await server.post("/prompt", {"prompt": graph, "prompt_id": prompt_id})).ok
        async with asyncio.timeout(60):
            while prompt_id not in (await server.queue()).running:
                await asyncio.sleep(0.05)

    async def end(server: Server) -> answers.Ended:
        await server.post("/interrupt", {"prompt_id": prompt_id})
        async with asyncio.timeout(60):
            while (entry := await server.history(prompt_id)) is None:
                await asyncio.sleep(0.05)
        await server.post("/history", {"delete": [prompt_id]})
        ended = answers.ended(entry, served.address)
        assert ended
        return ended

    ask(served.address, begin)
    try:
        yield prompt_id
    finally:
        ended = ask(served.address, end)
    assert isinstance(ended.error, RenderStopped), "it did not run to its end by itself"


def test_behind_somebody_else_a_take_waits_and_leaves_them_alone(served: Any) -> None:
    engine = served.engine()
    heard = Heard()

    def stop(_: Heard) -> None:
        if prompts and len(heard.stages) > 6:
            raise RenderStopped("asked to stop")

    heard.at = stop
    with somebody_elses(served) as theirs:
        with sent() as prompts, pytest.raises(RenderStopped, match="asked"):
            make(engine, attempts()[0], heard, seed=8)
        assert set(heard.stages) == {WAITING}
        queue = ask(served.address, lambda server: server.queue())
        assert queue.running == {theirs}
        assert not queue.pending
    assert not knows(served.address, prompts[0])


class Died(BaseException):
    """The worker is gone: nothing more of it is done."""


def abandon(engine: ComfyEngine, attempt: Attempt, **changes: Any) -> None:
    async def nothing(_: errand.Errand) -> None: ...

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(errand.Errand, "_cancel", nothing)
        with pytest.raises(Died):
            make(engine, attempt, Meeting(raising(Died())), **changes)


def test_what_a_dead_worker_left_running_is_gone_on_with(served: Any) -> None:
    engine, (first, second), heard = served.engine(), attempts(), Heard()
    with sent() as prompts:
        abandon(engine, first, steps=LONG, seed=9)
        make(engine, second, heard, steps=LONG, seed=9)
    assert len(prompts) == 1, "it was sent a second time"
    assert files(served.address, prompts[0]) == [True, False]
    assert any(1 <= step < LONG for step, _ in heard.steps), "its events are not heard"


def test_what_a_dead_worker_left_finished_is_fetched(served: Any) -> None:
    engine, (first, second) = served.engine(), attempts()
    with sent() as prompts:
        abandon(engine, first, steps=LONG, seed=10)
        until(lambda: not ask(served.address, lambda server: server.queue()).running)
        assert knows(served.address, prompts[0])
        make(engine, second, steps=LONG, seed=10)
    assert len(prompts) == 1
    assert not knows(served.address, prompts[0])


def test_a_server_is_asked_what_it_lacks(served: Any) -> None:
    for changes, said in (
        ({"vae": "nope.safetensors"}, r"no nope\.safetensors: put it into its models/vae"),
        ({"sampler": "nothing"}, "knows no sampler_name nothing"),
        ({"version": "0.0.1"}, r"takes are made by 0\.0\.1"),
    ):
        section = served.profile.engine.model_copy(update=changes)
        with pytest.raises(RenderFault, match=said) as raised:
            loading.load(served.profile.model_copy(update={"engine": section}), None, "cpu")
        assert raised.value.cause is Cause.FATAL


def test_a_server_that_is_killed_loses_no_take(mortal: Any) -> None:
    engine, (first, second) = mortal.engine(), attempts()
    with sent() as prompts:
        with pytest.raises(RenderLost, match="does not answer"):
            make(engine, first, Meeting(mortal.kill), steps=LONG, seed=11)
        mortal.start()
        assert not knows(mortal.address, prompts[0])
        assert make(engine, second, steps=LONG, seed=11).shape == (17, 64, 64, 3)
    assert [files(mortal.address, each)[0] for each in prompts] == [False, True]


def test_what_was_finished_before_its_server_was_killed_is_fetched(mortal: Any) -> None:
    engine, (first, second) = mortal.engine(), attempts()
    with sent() as prompts:
        abandon(engine, first, steps=LONG, seed=12)
        until(lambda: not ask(mortal.address, lambda server: server.queue()).running)
        mortal.kill()
        mortal.start()
        made = make(engine, second, steps=LONG, seed=12)
    assert made.shape == (17, 64, 64, 3)
    assert len(prompts) == 1, "it was rendered again"
    assert not knows(mortal.address, prompts[0])


def _png() -> bytes:
    file = io.BytesIO()
    a_picture().save(file, "PNG")
    return file.getvalue()
