"""The servers that the contract is held against: two that are played, and a real one if there is one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from pipeline.engines import loading
from pipeline.engines.comfyui.engine import ComfyEngine
from pipeline.profiles.profile import Profile
from tests.comfyui import real
from tests.comfyui.holding import hold
from tests.comfyui.running import Process, asking, playing

PLAYED = ["now", "legacy"]
STEP_SECONDS = 0.01
"""Of a played server that makes takes, so that its events can be heard between them."""


def goes_on() -> Callable[[], None]:
    """A real server cannot be held: what is to be met in the middle there is long."""
    return lambda: None


@dataclass(frozen=True)
class Served:
    """A server with models, and a profile that it makes takes of."""

    address: str
    profile: Profile
    tiny: bool = True
    """Whether it has the files of `tests.comfyui.tiny`, by their names."""
    hold: Callable[[], Callable[[], None]] = goes_on
    """From then on takes stay at the step where they are, until what it gives is called."""
    kill: Callable[[], None] = lambda: None
    start: Callable[[], None] = lambda: None

    def engine(self) -> ComfyEngine:
        found = loading.load(self.profile, None, "cpu")
        assert isinstance(found, ComfyEngine)
        return found


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real.Checkout]:
    """The one that FARM_TEST_COMFYUI_DIR names, while the tests run."""
    started = real.Checkout(Path(real.CHECKOUT), tmp_path_factory.mktemp("comfyui"))
    yield started
    started.close()


@pytest.fixture(params=[*PLAYED, *(["real"] if real.asked() else [])])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A server that need have no models."""
    if request.param == "real":
        yield real.ADDRESS or request.getfixturevalue("checkout").address
        return
    with playing(tmp_path, legacy=request.param == "legacy") as (_, served):
        yield served


@pytest.fixture(params=[*PLAYED, *(["real"] if real.makes_takes() else [])])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """One that makes takes."""
    if request.param == "real":
        address = real.ADDRESS or request.getfixturevalue("checkout").address
        yield Served(address, real.profile_for(address), tiny=not real.PROFILE)
        return
    legacy = request.param == "legacy"
    with playing(tmp_path, legacy=legacy, step_seconds=STEP_SECONDS) as (fake, address):
        profile = asking(address, version=fake.version)
        yield Served(address, profile, hold=partial(hold, tmp_path))


@pytest.fixture(params=[*PLAYED, *(["real"] if real.CHECKOUT and real.makes_takes() else [])])
def mortal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """One that makes takes, and that may be killed and started again: none of somebody else's."""
    if request.param == "real":
        own: real.Checkout = request.getfixturevalue("checkout")
        yield Served(own.address, real.profile_for(own.address), kill=own.kill, start=own.start)
        return
    legacy = ["--legacy"] if request.param == "legacy" else []
    process = Process(tmp_path, "--step-seconds", str(STEP_SECONDS), *legacy)
    profile = asking(process.address, version=real.told(process.address)["comfyui_version"])
    held = partial(hold, tmp_path)
    yield Served(process.address, profile, hold=held, kill=process.kill, start=process.start)
    process.kill()
