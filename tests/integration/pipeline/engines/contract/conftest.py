"""The servers that the contract is held against: two that are played, and a real one if there is one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.engines import loading
from pipeline.engines.comfyui.engine import ComfyEngine
from pipeline.profiles.profile import Profile
from tests.comfyui import real
from tests.comfyui.running import Process, asking, playing

PLAYED = ["now", "legacy"]
STEP_SECONDS = 0.05
"""Of a played server that makes takes, so that they can be hit in the middle."""


@dataclass(frozen=True)
class Served:
    """A server with models, and a profile that it makes takes of."""

    address: str
    profile: Profile
    tiny: bool = True
    """Whether it has the files of `tests.comfyui.tiny`, by their names."""
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
        yield Served(address, asking(address, version=fake.version))


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
    yield Served(process.address, profile, kill=process.kill, start=process.start)
    process.kill()
