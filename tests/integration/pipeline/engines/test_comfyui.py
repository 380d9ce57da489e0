"""Takes on ComfyUI servers of both generations: made once, whatever is lost on the way, and bit for bit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.engines import loading
from pipeline.engines.comfyui import errand
from pipeline.engines.protocol import Attempt, WholeEngine
from pipeline.errors import Cause, RenderFault, RenderLost, RenderStopped
from pipeline.stages import LOADING, WAITING
from tests.comfyui.fake import Fake
from tests.comfyui.running import asking, playing
from tests.comfyui.takes import SECOND, Heard, asked, engine_of, make, right
from tests.conftest import a_recipe


@pytest.fixture(params=["now", "legacy"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Fake, str]]:
    with playing(tmp_path / "server", legacy=request.param == "legacy") as served:
        yield served


def after_a_step(_node: str, step: int) -> bool:
    """Every prompt stays there."""
    return step >= 1


def never(_node: str, _step: int) -> bool:
    return False


def test_frames_come_bit_for_bit_and_nothing_is_left_but_files(server: tuple[Fake, str]) -> None:
    fake, address = server
    heard = Heard()
    engine = engine_of(fake, address)
    assert isinstance(engine, WholeEngine)
    assert engine.abilities.device == "NVIDIA Fake 4090"
    made = make(engine, heard=heard)
    assert (made == right(a_recipe())).all()
    assert fake.executed == fake.posted == fake.deleted
    assert heard.in_order[0] == WAITING
    assert heard.steps[-1] == (8, 8)
    assert [step for step, _ in heard.steps] == sorted(step for step, _ in heard.steps)
    assert {file.parent.name for file in fake.folder.rglob("*.*")} == {"shotfarm"}


def test_steps_are_those_of_both_samplers_and_loading_is_told(server: tuple[Fake, str]) -> None:
    fake, address = server
    heard, told = Heard(), set[int]()

    def unheard(node: str, step: int) -> bool:
        """The first loader, and a step of each sampler, stay until they are told."""
        told.update(step for step, _ in heard.steps)
        return LOADING not in heard.stages or (step in (2, 6) and step not in told)

    fake.stays = unheard
    make(engine_of(fake, address), heard=heard)
    assert told >= {2, 6}
    assert heard.steps[-1] == (8, 8)
    order = heard.in_order
    assert order.index(LOADING) < order.index("denoise")


def test_the_same_take_again_is_a_file_of_its_own(server: tuple[Fake, str]) -> None:
    """All but the saver is in the server's memory then: it tells of no step."""
    fake, address = server
    engine = engine_of(fake, address)
    one, other = make(engine), make(engine, Attempt("8", 1))
    assert (one == other).all()
    assert len(fake.posted) == 2
    assert len(fake.executed) == 1
    assert len([*(fake.folder / "output").rglob("*.webp")]) == 2


@pytest.mark.parametrize("fault", ["lost answer", "lost before it was heard"])
def test_a_lost_answer_renders_nothing_twice(server: tuple[Fake, str], fault: str) -> None:
    fake, address = server
    fake.faults = {fault: 1}
    made = make(engine_of(fake, address))
    assert (made == right(a_recipe())).all()
    assert len(fake.posted) == 1
    assert len(fake.executed) == 1


def test_a_deaf_socket_is_not_waited_for(
    server: tuple[Fake, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errand, "LOOK_SECONDS", 0.5)
    fake, address = server
    fake.faults = {"deaf socket": 1}
    assert (make(engine_of(fake, address)) == right(a_recipe())).all()


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("out of memory", Cause.CAPACITY),
        ("failing node", Cause.MACHINE),
        ("full disk", Cause.MACHINE),
        ("full disk at upload", Cause.MACHINE),
        ("no outputs", Cause.MACHINE),
        ("wrong frame count", Cause.MACHINE),
        ("sends elsewhere", Cause.MACHINE),
    ],
)
def test_faults_are_the_classes_that_they_should_be(
    server: tuple[Fake, str], fault: str, cause: Cause
) -> None:
    fake, address = server
    engine = engine_of(fake, address)
    fake.faults = {fault: 1}
    with pytest.raises(RenderFault) as raised:
        make(engine)
    assert raised.value.cause is cause
    assert address in raised.value.sentence
    assert (make(engine, SECOND) == right(a_recipe())).all()  # the next attempt is none the worse


def test_what_a_server_lacks_is_said_before_its_first_take(server: tuple[Fake, str]) -> None:
    fake, address = server
    fake.nodes.remove("WanImageToVideo")
    with pytest.raises(RenderFault, match=r"WanImageToVideo.*no gone\.safetensors") as raised:
        engine_of(fake, address, low="gone.safetensors")
    assert raised.value.cause is Cause.FATAL
    with pytest.raises(RenderFault, match="takes are made by 9"):
        loading.load(asking(address, version="9"), None, "cpu")
    with pytest.raises(RenderFault, match="knows no sampler_name nothing"):
        engine_of(fake, address, sampler="nothing")


def test_what_a_server_loses_later_is_fatal_with_its_name(server: tuple[Fake, str]) -> None:
    fake, address = server
    engine = engine_of(fake, address)
    files = fake.models.pop("vae")
    fake.models["vae"] = []
    with pytest.raises(RenderFault, match=r"wan_2\.1_vae\.safetensors") as raised:
        make(engine)
    assert raised.value.cause is Cause.FATAL
    fake.models["vae"] = files
    fake.nodes.remove("VAEDecode")
    with pytest.raises(RenderFault, match="no node VAEDecode"):
        make(engine, SECOND)


def test_whoever_stops_it_at_the_server_costs_no_attempt(server: tuple[Fake, str]) -> None:
    fake, address = server
    fake.stays = after_a_step
    engine = engine_of(fake, address)

    def interrupt(heard: Heard) -> None:
        if heard.steps and heard.steps[-1][0] == 1:
            fake.faults = {f"interrupt {fake.posted[0]}": 1}

    with pytest.raises(RenderStopped, match="somebody stopped it"):
        make(engine, heard=Heard(at=interrupt))


def test_a_take_that_may_not_go_on_is_cancelled_and_gone(server: tuple[Fake, str]) -> None:
    fake, address = server
    fake.stays = after_a_step
    engine = engine_of(fake, address)

    def stop(heard: Heard) -> None:
        if heard.steps and heard.steps[-1][0] >= 1:
            raise RenderStopped("its lease was not extended in time")

    with pytest.raises(RenderStopped, match="lease"):
        make(engine, heard=Heard(at=stop))
    assert asked(address)["queue_running"] == []
    assert fake.executed == []


def test_behind_other_people_a_take_waits_and_leaves_them_alone(server: tuple[Fake, str]) -> None:
    fake, address = server
    heard = Heard()
    fake.stays = lambda node, _: node == "Sleep" and heard.stages.count(WAITING) <= 3
    fake.put_before("11111111-1111-1111-1111-111111111111")
    engine = engine_of(fake, address)

    def stop(heard: Heard) -> None:
        if len(fake.posted) == 1 and len(heard.stages) > 3:
            raise RenderStopped("asked to stop")

    with pytest.raises(RenderStopped):
        make(engine, heard=Heard(at=stop))
    assert [each[1] for each in asked(address)["queue_running"]] == [
        "11111111-1111-1111-1111-111111111111"
    ]
    make(engine, SECOND, heard)  # which ends once it has said for a while that it waits
    assert fake.deleted == [fake.posted[0], fake.posted[1]]


def test_a_restart_under_a_take_is_nobodys_fault(server: tuple[Fake, str]) -> None:
    fake, address = server
    fake.stays = after_a_step
    engine = engine_of(fake, address)
    once = iter([fake.forget])

    def restart(heard: Heard) -> None:
        if heard.steps and heard.steps[-1][0] >= 1:
            next(once, lambda: None)()

    with pytest.raises(RenderLost, match="knows nothing of it"):
        make(engine, heard=Heard(at=restart))
    fake.stays = never
    assert (make(engine, SECOND) == right(a_recipe())).all()
    assert len(fake.posted) == 2


def test_a_file_that_was_cut_off_with_its_server_is_no_clip(server: tuple[Fake, str]) -> None:
    fake, address = server
    engine = engine_of(fake, address)
    fake.faults = {"cut off": 1}
    with pytest.raises(RenderLost):
        make(engine)
    assert (make(engine, SECOND) == right(a_recipe())).all()
    assert len(fake.posted) == 2
