"""A clip of several segments, with a played model: what each is made of, and what a death costs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline import take
from pipeline.engines.protocol import AtBoundary, Latents, OnStep
from pipeline.errors import Cause, RenderFault, RenderStopped
from pipeline.recipe import Recipe, TakeOrder
from pipeline.recipe_changes import in_segments
from pipeline.result import TakeResult
from pipeline.stills import prepare
from pipeline.storage.files import Frames
from pipeline.storage.folder import MediaFolder
from pipeline.storage.tensors import KeptTensors
from tests.played_tools import PlayedEngine, a_still, an_order_for, played_tools, told_nobody


class Telling(PlayedEngine):
    """Tells what it was asked, and fails where it is to."""

    def __init__(self, dies: tuple[str, int] | None = None, cause: Cause = Cause.FATAL) -> None:
        super().__init__(told_nobody)
        self.read: list[tuple[str, tuple[str, ...]]] = []
        self.asked: list[Recipe] = []
        self.pictures: list[Frames] = []
        self.decoded = 0
        self._dies, self._cause = dies, cause

    def encode_text(self, prompt: str, negative: str, ahead: Sequence[str] = ()) -> str:
        self.read.append((prompt, tuple(ahead)))
        return prompt

    def denoise(
        self,
        picture: Image.Image,
        text: str,
        recipe: Recipe,
        on_step: OnStep,
        at_boundary: AtBoundary | None = None,
    ) -> Latents:
        import torch

        self.asked.append(recipe)
        self.pictures.append(np.asarray(picture))
        self._may_die("denoise", len(self.asked))
        return torch.tensor(super().denoise(picture, text, recipe, on_step, at_boundary))

    def decode(self, latents: Any) -> Frames:
        self.decoded += 1
        self._may_die("decode", self.decoded)
        return super().decode(latents)

    def _may_die(self, stage: str, number: int) -> None:
        if self._dies == (stage, number):
            raise RenderFault(self._cause, f"{stage} {number} failed")


class Watching:
    """Keeps what it is told, and ends the take at one of it."""

    def __init__(self, last: object = None) -> None:
        self.told: list[object] = []
        self._last = last

    def stage(self, name: str) -> None:
        self._keep(name)

    def step(self, step: int, steps: int) -> None:
        self._keep((step, steps))

    def _keep(self, each: object) -> None:
        self.told.append(each)
        if each == self._last:
            raise RenderStopped("asked to stop")


class Studio:
    """A still, an order for a clip of two segments of it, and what is kept."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.media = MediaFolder(folder)
        plain = an_order_for(
            a_still(folder, self.media), "sh010", prompt="The circle moves left, then it grows"
        )
        recipe = in_segments(plain.recipe, (17, 13))
        self.order = TakeOrder(
            recipe=recipe, clip=plain.clip, title=plain.title, insisted=True, ahead=("a star",)
        )
        self.picture = np.asarray(prepare.load(self.media, recipe.still))
        self._tools = played_tools(folder)

    def tools(self, engine: Telling) -> take.Tools:
        return take.Tools(
            profile=self._tools.profile,
            engine=engine,
            scorer=self._tools.scorer,
            media=self.media,
            kept=KeptTensors(self.media),
        )

    def render(self, engine: Telling, watcher: Watching | None = None) -> Frames:
        made = take.render(self.order, self.tools(engine), watcher or Watching())
        assert isinstance(made, take.Rendered)
        return made.frames

    @property
    def kept(self) -> int:
        return len(list(self.media.files_below("kept/latents/")))


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def test_a_later_segment_begins_with_the_last_frame_of_the_one_before(studio: Studio) -> None:
    engine = Telling()
    frames = studio.render(engine)
    first, second = engine.pictures
    assert frames.shape == (29, 64, 64, 3)
    assert np.array_equal(first, studio.picture)
    assert np.array_equal(second, frames[16])
    later = PlayedEngine(told_nobody).denoise(
        Image.fromarray(frames[16]), "", engine.asked[1], lambda *_: None
    )
    assert np.array_equal(frames[17:], later[1:]), "the frame that both share is kept once"


def test_each_segment_has_its_prompt_its_seed_and_its_frames(studio: Studio) -> None:
    engine = Telling()
    studio.render(engine)
    told = [(each.prompt, each.seed, each.frames, each.still) for each in engine.asked]
    recipe = studio.order.recipe
    assert told == [
        ("The circle moves left", recipe.seed, 17, recipe.still),
        ("The circle grows", recipe.segments[1].seed, 13, ""),
    ]
    assert engine.read == [
        ("The circle moves left", ("The circle grows", "a star")),
        ("The circle grows", ("a star",)),
    ], "what comes later is read with what comes first"


def test_steps_are_told_of_all_segments_together(studio: Studio) -> None:
    watcher = Watching()
    studio.render(Telling(), watcher)
    steps = [each for each in watcher.told if isinstance(each, tuple)]
    assert steps == [(number, 8) for number in range(1, 9)]
    stages = [each for each in watcher.told if isinstance(each, str)]
    assert stages == ["prepare", "precheck", *["text", "denoise", "decode"] * 2]


def test_it_becomes_one_clip_that_tells_its_segments(studio: Studio) -> None:
    import json

    from pipeline.clips import encode

    tools = studio.tools(Telling())
    result = take.make(studio.order, tools, Watching())
    assert isinstance(result, TakeResult)
    assert (result.clip.frames, studio.kept) == (29, 0)
    told = encode.metadata_of(studio.media.folder / result.clip.path)["recipe"]
    assert Recipe.from_dict(json.loads(told)) == studio.order.recipe


def test_a_seam_that_is_seen_is_told_of_the_take(studio: Studio) -> None:
    class Brighter(Telling):
        def decode(self, latents: Any) -> Frames:
            frames = super().decode(latents)
            return np.minimum(frames, 215) + 40 if self.decoded == 2 else frames

    result = take.make(studio.order, studio.tools(Brighter()), Watching())
    assert isinstance(result, TakeResult)
    assert "clip.seam" in {each.code for each in result.findings}
    assert result.verdict == "bad_clip"


@pytest.mark.parametrize(
    ("dies", "again"),
    [
        (("denoise", 1), (2, 2)),
        (("decode", 1), (1, 2)),
        (("denoise", 2), (1, 2)),
        (("decode", 2), (0, 2)),
    ],
)
def test_a_death_costs_one_segment_at_most(
    studio: Studio, dies: tuple[str, int], again: tuple[int, int]
) -> None:
    with pytest.raises(RenderFault):
        studio.render(Telling(dies))
    right = studio.render(engine := Telling())
    assert (len(engine.asked), engine.decoded) == again
    whole = Studio(studio.media.folder / "other").render(Telling())
    assert np.array_equal(right, whole)


def test_what_was_rendered_before_is_paid_in_the_seconds_of_the_take(studio: Studio) -> None:
    with pytest.raises(RenderFault):
        studio.render(Telling(("decode", 2)))
    made = take.render(studio.order, studio.tools(Telling()), Watching())
    assert isinstance(made, take.Rendered)
    assert made.seconds["denoise"] > 0
    first, second = (
        float(found["denoise"])
        for each in studio.media.files_below("kept/latents/")
        if (found := KeptTensors(studio.media).get(*_place(each.name)))
    )
    assert made.seconds["denoise"] == pytest.approx(first + second)


def _place(name: str) -> Any:
    from pipeline.storage.tensors import Kind

    return Kind.LATENTS, Path(name).stem


def test_latents_that_go_on_from_frames_that_are_gone_are_forgotten(studio: Studio) -> None:
    with pytest.raises(RenderFault):
        studio.render(Telling(("decode", 2)))
    assert studio.kept == 2
    with pytest.raises(RenderFault):
        studio.render(Telling(("decode", 1), Cause.MACHINE))
    assert studio.kept == 1, "those that cannot be decoded twice are denoised anew"
    studio.render(engine := Telling())
    assert len(engine.asked) == 2


@pytest.mark.parametrize("last", [(2, 8), (6, 8)])
def test_it_is_stopped_in_any_segment_and_leaves_no_clip(
    studio: Studio, last: tuple[int, int]
) -> None:
    with pytest.raises(RenderStopped):
        studio.render(Telling(), Watching(last))
    assert not list(studio.media.files_below("clips/"))
    assert studio.kept == (1 if last == (6, 8) else 0)
