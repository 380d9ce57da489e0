"""A model, a scorer and a media folder that are played: a test hears where a take is, and may hold it."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from farm.cluster.loading import WorkerSettings
from farm.cluster.worker import Worker
from pipeline import take
from pipeline.engines.protocol import Abilities, AtBoundary, Latents, OnStep
from pipeline.engines.turns import Turns
from pipeline.misses import Answer, MissKind
from pipeline.profiles import profile
from pipeline.recipe import Recipe, TakeOrder
from pipeline.scoring.questions import Words
from pipeline.stills import prepare
from pipeline.storage.files import Frames
from pipeline.storage.folder import MediaFolder
from pipeline.storage.protocol import Media
from pipeline.storage.tensors import NOTHING_KEPT, KeptTensors
from tests.conftest import an_order

Hook = Callable[[str, str], None]
"""Is told the stage (`seal`: while the clip is written) and the name of the take, empty where nobody knows
it; what it raises the stage fails of, and while it lasts the stage lasts."""
PROMPT = "The circle moves left"


def told_nobody(_stage: str, _name: str) -> None: ...


class Holds:
    """A hook in any process: a stage waits for a file to go, and leaves a file with its process."""

    def __init__(self, folder: Path, fault: Exception) -> None:
        """`fault` is what stages that are to fail end in."""
        self.folder = folder
        self._fault = fault
        folder.mkdir()

    def hold(self, stage: str, name: str) -> Callable[[], None]:
        """That stage of that take waits until what this gives is called."""
        place = self.folder / f"hold {stage} {name}"
        place.touch()
        return place.unlink

    def fail(self, stage: str, name: str) -> None:
        """That stage of that take ends in the fault."""
        (self.folder / f"fail {stage} {name}").touch()

    def processes(self, stage: str, name: str) -> list[int]:
        """The processes that began that stage of that take, in their order."""
        place = self.folder / f"begun {stage} {name}"
        return [int(line) for line in place.read_text().split()] if place.exists() else []

    def begun(self, stage: str, name: str) -> int:
        """How often that stage of that take was begun."""
        return len(self.processes(stage, name))

    def process(self, stage: str, name: str) -> int:
        """Which process began it last."""
        return self.processes(stage, name)[-1]

    def __call__(self, stage: str, name: str) -> None:
        with (self.folder / f"begun {stage} {name}").open("a") as file:
            file.write(f"{os.getpid()}\n")
        while (self.folder / f"hold {stage} {name}").exists():
            time.sleep(0.02)
        if (self.folder / f"fail {stage} {name}").exists():
            raise self._fault


class PlayedClock:
    """A clock that a test sets, for workers in any process; it notes what they heard of extended leases."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        self.set(0.0)

    def set(self, now: float) -> None:
        draft = self._folder / "draft"
        draft.write_text(str(now))
        draft.replace(self._folder / "now")  # at once: others read it

    def __call__(self) -> float:
        return float((self._folder / "now").read_text())

    def note(self, key: str) -> None:
        with (self._folder / key).open("a") as file:
            file.write("extended\n")

    def extensions(self, key: str) -> int:
        """How often the lease of that attempt was extended, as far as its worker has heard."""
        place = self._folder / key
        return len(place.read_text().split()) if place.exists() else 0


class ClockedWorker(Worker):
    """Goes by a played clock."""

    def __init__(self, settings: WorkerSettings, clock: PlayedClock, **options: Any) -> None:
        super().__init__(settings, clock=clock, **options)
        self._played = clock

    def extend(self, key: str, lease_seconds: float) -> None:
        super().extend(key, lease_seconds)
        self._played.note(key)


class PlayedEngine:
    """Draws a bar over the still; where it stands, only the seed says."""

    abilities = Abilities(device="cpu", tells_each_step=True, stops_between_steps=True)

    def __init__(self, hook: Hook) -> None:
        self._hook = hook

    def encode_text(self, prompt: str, negative: str, ahead: Sequence[str] = ()) -> str:
        return prompt

    def denoise(
        self,
        picture: Image.Image,
        text: str,
        recipe: Recipe,
        on_step: OnStep,
        at_boundary: AtBoundary | None = None,
    ) -> Latents:
        """The boundary is in the middle."""
        for step in range(1, recipe.steps + 1):
            self._hook("denoise", name_in(recipe.prompt))
            on_step(step, recipe.steps)
            if at_boundary and step == recipe.steps // 2:
                at_boundary()
        frames = np.repeat(np.asarray(picture)[None], recipe.frames, axis=0)
        for number, frame in enumerate(frames):
            frame[:, (recipe.seed + 5 * number) % (recipe.width - 1)] ^= 0x60
        return frames

    def decode(self, latents: Any) -> Frames:
        self._hook("decode", "")
        return np.asarray(latents)


class PlayedScorer:
    """Likes everything."""

    name = "played"

    def __init__(self, hook: Hook) -> None:
        self._hook = hook

    def ask_still(self, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
        self._hook("precheck", name_in(prompt))
        return (_answer(MissKind.SUBJECT_MISSING, prompt),)

    def ask_clip(self, frames: Frames, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
        self._hook("score", name_in(prompt))
        return tuple(
            _answer(kind, prompt) for kind in (MissKind.ACTION_ABSENT, MissKind.SUBJECT_REPLACED)
        )

    def ask_stages(self, frames: Frames, stages: Sequence[Words]) -> tuple[Answer, ...]:
        return tuple(_answer(MissKind.ACTION_ABSENT, words.text) for words in stages)


def name_in(prompt: str) -> str:
    """The name of the take whose prompt it is."""
    return prompt.split()[-1]


def _answer(kind: MissKind, prompt: str) -> Answer:
    return Answer(question="as it is played?", value=0.8, clause=prompt, kind=kind)


@dataclass(frozen=True)
class PlayedMedia(MediaFolder):
    """Tells when a clip is written."""

    hook: Hook = told_nobody

    @contextmanager
    def draft(self, name: str) -> Iterator[Path]:
        with super().draft(name) as draft:
            if name.endswith(".mp4"):
                self.hook("seal", Path(name).stem)
            yield draft


def played_tools(
    folder: Path, hook: Hook = told_nobody, *, keeps: bool = False, wave: int = 1
) -> take.Tools:
    """What a worker of the toy profile loads; where it `keeps`, latents outlast it."""
    media = PlayedMedia(folder, hook)
    return take.Tools(
        profile=profile.load("toy"),
        engine=PlayedEngine(hook),
        scorer=PlayedScorer(hook),
        media=media,
        kept=KeptTensors(media) if keeps else NOTHING_KEPT,
        turns=Turns(wave),
    )


def in_waves(wave: int) -> profile.Profile:
    """The toy profile with experts that change places, for so many takes at once."""
    toy = profile.load("toy")
    worker = {**toy.worker.model_dump(), "experts": "exchanged", "wave": wave}
    return profile.Profile.model_validate({**toy.model_dump(), "worker": worker})


def a_still(folder: Path, media: Media) -> str:
    """Keeps a grey still in the media root; its hash."""
    from tests.pictures import ground  # workers that load these tools need none

    place = folder / "still.png"
    ground((96, 96), "grey").save(place)
    return prepare.keep(prepare.fit(place, profile.load("toy")), media).sha256


def an_order_for(still: str, name: str, **changes: Any) -> TakeOrder:
    """An order for a take of this still, told apart from others by its name."""
    values = {"still": still, "prompt": f"{PROMPT} {name}", "steps": 4, **changes}
    order = an_order(f"ads/{name} take 1", **values)
    return TakeOrder(
        recipe=order.recipe, clip=f"clips/{name}.mp4", title=order.title, insisted=True
    )
