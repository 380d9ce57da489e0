"""Takes that come to no end of their own, on the played ComfyUI servers and on a real one: stopped, behind
others, left by workers that died, on servers that are killed."""

import asyncio
import io
import json
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pipeline.engines.comfyui import answers, errand
from pipeline.engines.comfyui.client import Server
from pipeline.engines.comfyui.engine import ComfyEngine
from pipeline.engines.comfyui.graph import Asked, graph_of
from pipeline.engines.protocol import Attempt
from pipeline.errors import RenderLost, RenderStopped
from pipeline.stages import LOADING, WAITING
from tests.comfyui.running import until
from tests.comfyui.takes import (
    LONG,
    PATIENCE,
    Heard,
    Meeting,
    a_picture,
    ask,
    attempts,
    files,
    knows,
    raising,
    sent,
    short,
)
from tests.conftest import a_recipe


def test_a_take_that_may_not_go_on_leaves_the_server_free(served: Any) -> None:
    engine, (first, second) = served.engine(), attempts()
    stop, go_on = (
        Meeting(raising(RenderStopped("its lease was not extended in time"))),
        served.hold(),
    )
    with sent() as prompts, pytest.raises(RenderStopped, match="lease"):
        short(engine, first, stop, steps=LONG, seed=5)
    assert not knows(served.address, prompts[0])
    assert files(served.address, prompts[0]) == [False, False]
    go_on()
    assert short(engine, second, steps=8, seed=5).shape == (5, 64, 64, 3)


def test_whoever_stops_it_at_the_server_is_told_from_a_failure(served: Any) -> None:
    engine = served.engine()
    served.hold()

    def interrupt() -> None:
        told = json.dumps({"prompt_id": prompts[0].id}).encode()
        urllib.request.urlopen(f"{served.address}/interrupt", told, timeout=30).close()

    with sent() as prompts, pytest.raises(RenderStopped, match="somebody stopped it"):
        short(engine, attempts()[0], Meeting(interrupt), steps=LONG, seed=6)


@contextmanager
def somebody_elses(served: Any) -> Iterator[str]:
    """A prompt that runs for as long as the `with` lasts, and is nobody's take."""
    prompt_id, go_on = str(uuid.uuid4()), served.hold()
    recipe = a_recipe(steps=900, seed=7)
    graph = graph_of(served.profile, Asked(recipe, "shotfarm/foreign.png", uuid.uuid4().hex))

    async def begin(server: Server) -> None:
        assert (await server.upload("foreign.png", "shotfarm", _png())).ok
        assert (await server.post("/prompt", {"prompt": graph, "prompt_id": prompt_id})).ok
        async with asyncio.timeout(PATIENCE):
            while prompt_id not in (await server.queue()).running:
                await asyncio.sleep(0.05)

    async def end(server: Server) -> answers.Ended:
        await server.post("/interrupt", {"prompt_id": prompt_id})
        async with asyncio.timeout(PATIENCE):
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
        go_on()
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
            short(engine, attempts()[0], heard, seed=8)
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
            short(engine, attempt, Meeting(raising(Died())), **changes)


def test_what_a_dead_worker_left_running_is_gone_on_with(served: Any) -> None:
    engine, (first, second), go_on = served.engine(), attempts(), served.hold()
    heard = Heard(at=lambda heard: go_on() if LOADING in heard.stages else None)  # it was found
    with sent() as prompts:
        abandon(engine, first, steps=LONG, seed=9)
        short(engine, second, heard, steps=LONG, seed=9)
    assert len(prompts) == 1, "it was sent a second time"
    assert files(served.address, prompts[0]) == [True, False]
    assert any(1 <= step < LONG for step, _ in heard.steps), "its events are not heard"


def test_what_a_dead_worker_left_finished_is_fetched(served: Any) -> None:
    engine, (first, second) = served.engine(), attempts()
    with sent() as prompts:
        go_on = served.hold()
        abandon(engine, first, steps=LONG, seed=10)
        go_on()
        until(lambda: not ask(served.address, lambda server: server.queue()).running, PATIENCE)
        assert knows(served.address, prompts[0])
        short(engine, second, steps=LONG, seed=10)
    assert len(prompts) == 1
    assert not knows(served.address, prompts[0])


def test_a_server_that_is_killed_loses_no_take(mortal: Any) -> None:
    engine, (first, second), go_on = mortal.engine(), attempts(), mortal.hold()
    with sent() as prompts:
        with pytest.raises(RenderLost, match="does not answer"):
            short(engine, first, Meeting(mortal.kill), steps=LONG, seed=11)
        go_on()
        mortal.start()
        assert not knows(mortal.address, prompts[0])
        assert short(engine, second, steps=LONG, seed=11).shape == (5, 64, 64, 3)
    assert [files(mortal.address, each)[0] for each in prompts] == [False, True]


def test_what_was_finished_before_its_server_was_killed_is_fetched(mortal: Any) -> None:
    engine, (first, second) = mortal.engine(), attempts()
    with sent() as prompts:
        go_on = mortal.hold()
        abandon(engine, first, steps=LONG, seed=12)
        go_on()
        until(lambda: not ask(mortal.address, lambda server: server.queue()).running, PATIENCE)
        mortal.kill()
        mortal.start()
        made = short(engine, second, steps=LONG, seed=12)
    assert made.shape == (5, 64, 64, 3)
    assert len(prompts) == 1, "it was rendered again"
    assert not knows(mortal.address, prompts[0])


def _png() -> bytes:
    file = io.BytesIO()
    a_picture().save(file, "PNG")
    return file.getvalue()
