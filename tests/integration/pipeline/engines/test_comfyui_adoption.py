"""What attempts before left on ComfyUI servers: found, gone on with, and made once."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from pipeline.engines import loading
from pipeline.engines.comfyui import errand
from pipeline.engines.comfyui.engine import ComfyEngine
from pipeline.engines.protocol import Attempt
from pipeline.errors import Cause, RenderFault, RenderLost
from pipeline.stages import LOADING
from tests.comfyui.fake import Fake
from tests.comfyui.holding import hold
from tests.comfyui.running import Process, asking, playing, until
from tests.comfyui.takes import SECOND, Heard, asked, engine_of, make, right
from tests.conftest import a_recipe


@pytest.fixture(params=["now", "legacy"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Fake, str]]:
    with playing(tmp_path / "server", legacy=request.param == "legacy") as served:
        yield served


def abandoned(engine: ComfyEngine, fake: Fake) -> str:
    """A worker dies under its take: nothing is cancelled, and the prompt goes on."""

    class Died(BaseException): ...

    original = errand.Errand._cancel

    async def nothing(_: errand.Errand) -> None: ...

    def die(heard: Heard) -> None:
        if heard.steps and heard.steps[-1][0] >= 1:
            raise Died

    errand.Errand._cancel = nothing  # type: ignore[method-assign]
    try:
        with pytest.raises(Died):
            make(engine, heard=Heard(at=die))
    finally:
        errand.Errand._cancel = original
    return fake.posted[0]


def test_what_a_dead_worker_left_running_is_gone_on_with(server: tuple[Fake, str]) -> None:
    fake, address = server
    heard = Heard()
    fake.stays = lambda _, step: step >= 1 and LOADING not in heard.stages
    engine = engine_of(fake, address)
    abandoned(engine, fake)
    assert (make(engine, SECOND, heard) == right(a_recipe())).all()
    assert len(fake.posted) == len(fake.executed) == 1
    assert heard.steps[-1] == (8, 8)


def test_what_a_dead_worker_left_finished_is_fetched(server: tuple[Fake, str]) -> None:
    fake, address = server
    left = threading.Event()
    fake.stays = lambda _, step: step >= 1 and not left.is_set()
    engine = engine_of(fake, address)
    abandoned(engine, fake)
    left.set()
    until(lambda: not asked(address)["queue_running"])
    assert (make(engine, SECOND) == right(a_recipe())).all()
    assert len(fake.posted) == len(fake.executed) == 1
    assert fake.deleted == fake.posted


def test_it_is_found_on_another_server_also_after_that_was_started_anew(
    server: tuple[Fake, str], tmp_path: Path
) -> None:
    fake, address = server
    with playing(tmp_path / "other", legacy=fake.legacy) as (other, elsewhere):
        profile = asking(address, elsewhere, version=fake.version)
        made = make(ComfyEngine(profile, address, "cpu"))
        fake.forget()
        again = make(ComfyEngine(profile, elsewhere, "cpu"), SECOND)
        assert (made == again).all()
        assert other.posted == []


def test_another_take_and_another_still_are_no_attempts_before(server: tuple[Fake, str]) -> None:
    fake, address = server
    engine = engine_of(fake, address)
    make(engine)
    make(engine, Attempt("7", 2), seed=8)
    make(engine, Attempt("9", 2))
    engine.render(Image.new("RGB", (64, 64)), a_recipe(), Heard(), SECOND)
    assert len(fake.posted) == 4


def test_a_server_that_is_killed_loses_no_take(tmp_path: Path) -> None:
    process = Process(tmp_path)
    go_on = hold(tmp_path)
    engine = ComfyEngine(asking(process.address), process.address, "cpu")
    killed = threading.Event()

    def kill(heard: Heard) -> None:
        if heard.steps and heard.steps[-1][0] >= 1 and not killed.is_set():
            killed.set()
            process.kill()

    try:
        with pytest.raises(RenderLost, match="does not answer"):
            make(engine, heard=Heard(at=kill))
        with pytest.raises(RenderFault) as raised:
            loading.load(asking(process.address), None, "cpu")
        assert raised.value.cause is Cause.MACHINE
        go_on()
        process.start()
        assert (make(engine, SECOND) == right(a_recipe())).all()
    finally:
        process.kill()
