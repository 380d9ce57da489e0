"""Takes that are looked at before they are done: ended where they will miss, and otherwise as ever."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline import take
from pipeline.early_end import EarlyRule
from pipeline.engines import loading
from pipeline.engines.protocol import Latents, Look, OnStep
from pipeline.errors import Cause, RenderFault, RenderStopped
from pipeline.misses import MissKind
from pipeline.profiles import profile
from pipeline.recipe import Recipe, Segment, TakeOrder
from pipeline.result import EndedEarly, TakeResult
from pipeline.stills import prepare
from pipeline.storage.tensors import KeptTensors
from pipeline.toy import captions
from tests.conftest import a_recipe
from tests.integration.pipeline.test_take import BALL, GOOD, TOY, Keeping, Nobody, Playing, Saying
from tests.memory_media import MemoryMedia

LIVE = EarlyRule(step=2, threshold=0.5, audit=1e-9)
SHADOW = replace(LIVE, threshold=None)


class Foreseeing(Playing):
    """Shows what it makes after its fifth step of eight, or fails to."""

    seen_through = "tiny"

    def __init__(self, frames: NDArray[np.uint8], *, broken: bool = False) -> None:
        super().__init__(frames)
        self.told: list[object] = []
        self._broken = broken

    def denoise(
        self,
        picture: Image.Image,
        text: str,
        recipe: Recipe,
        on_step: OnStep,
        at_boundary: Callable[[], None] | None = None,
        look: Look | None = None,
    ) -> Latents:
        self.told.append(look and tuple(look.after))
        if look:
            look.at(5, "what it becomes")
        self.told.append("done")
        return super().denoise(picture, text, recipe, on_step, at_boundary)

    def preview(self, latents: Latents) -> NDArray[np.uint8]:
        if self._broken:
            raise RenderFault(Cause.CAPACITY, "no memory is left")
        assert latents == "what it becomes"
        return self._frames[:, ::2, ::2]


def asked(
    engine: Playing,
    scorer: Saying,
    rule: EarlyRule | None,
    *,
    media: MemoryMedia | None = None,
    watcher: Any = None,
    folder: Path,
    segments: tuple[Segment, ...] = (),
    **order: Any,
) -> TakeResult | EndedEarly:
    media = media or MemoryMedia()
    Image.fromarray(GOOD[0]).save(folder / "ball.png")
    kept = prepare.keep(prepare.fit(folder / "ball.png", TOY), media)
    recipe = a_recipe(still=kept.sha256, prompt=captions.short(BALL), steps=8)
    if segments:
        recipe = replace(recipe, segments=segments, frames=33, seed=segments[0].seed)
    wanted = TakeOrder(recipe=recipe, clip="clips/a.mp4", title="demo/ball take 1", **order)
    tools = take.Tools(
        profile=TOY, engine=engine, scorer=scorer, media=media, early=rule, kept=KeptTensors(media)
    )  # fmt: skip
    made = take.make(wanted, tools, watcher or Nobody())
    assert isinstance(made, TakeResult | EndedEarly)
    return made


BAD, FINE = Saying(clip=0.2), Saying(clip=0.8)


def test_a_take_that_will_miss_ends_with_what_it_misses_and_no_clip(tmp_path: Path) -> None:
    engine, media = Foreseeing(GOOD), MemoryMedia()
    ended = asked(engine, BAD, LIVE, media=media, folder=tmp_path)
    assert isinstance(ended, EndedEarly)
    assert (ended.look.step, ended.look.steps, ended.look.score) == (5, 8, 0.2)
    assert ended.reason == "ended at step 5 of 8: its match was 0.20 by then, below 0.50"
    assert [miss.kind for miss in ended.misses] == [MissKind.ACTION_ABSENT]
    assert engine.told == [(2,)]
    assert ended.seconds.keys() == {"prepare", "precheck", "text", "denoise", "score"}
    assert not [name for name in media.files if name.startswith(("clips/", "kept/"))]


def test_a_take_that_will_do_is_rendered_on_and_keeps_what_was_seen(tmp_path: Path) -> None:
    made = asked(Foreseeing(GOOD), FINE, LIVE, folder=tmp_path)
    assert isinstance(made, TakeResult)
    assert made.early is not None
    assert (made.early.score, made.early.ended, made.early.audit) == (0.8, False, False)
    assert (made.early.scorer, made.early.decoder, made.early.below) == ("saying", "tiny", 2)


def test_in_shadow_nothing_ends(tmp_path: Path) -> None:
    made = asked(Foreseeing(GOOD), BAD, SHADOW, folder=tmp_path)
    assert isinstance(made, TakeResult)
    assert made.early is not None
    assert (made.early.score, made.early.threshold, made.early.audit) == (0.2, None, False)


def test_an_audit_is_rendered_on_and_says_so(tmp_path: Path) -> None:
    made = asked(Foreseeing(GOOD), BAD, replace(LIVE, audit=1.0), folder=tmp_path)
    assert isinstance(made, TakeResult)
    assert made.early is not None
    assert (made.early.audit, made.early.ended) == (True, False)


@pytest.mark.parametrize("wish", ["insisted", "no_decline", "approved"])
def test_what_a_person_asked_for_is_rendered_on(tmp_path: Path, wish: str) -> None:
    wished: dict[str, Any] = {wish: True}
    made = asked(Foreseeing(GOOD), BAD, LIVE, folder=tmp_path, **wished)
    assert isinstance(made, TakeResult)
    assert made.early is not None
    assert (made.early.score, made.early.ended) == (0.2, False)


def test_a_look_that_fails_costs_no_take(tmp_path: Path) -> None:
    made = asked(Foreseeing(GOOD, broken=True), BAD, LIVE, folder=tmp_path)
    assert isinstance(made, TakeResult)
    assert made.early is not None
    assert made.early.score is None
    assert made.early.note == "nobody could look: RenderFault: no memory is left"


def test_where_nobody_is_to_look_the_engine_is_asked_as_ever(tmp_path: Path) -> None:
    engine = Foreseeing(GOOD)
    made = asked(engine, BAD, None, folder=tmp_path)
    assert isinstance(made, TakeResult)
    assert (made.early, engine.told) == (None, [None, "done"])


def test_an_engine_that_shows_nothing_renders_on_and_says_so(tmp_path: Path) -> None:
    made = asked(Playing(GOOD), BAD, LIVE, folder=tmp_path)
    assert isinstance(made, TakeResult)
    assert made.early is not None
    assert "shows nothing" in made.early.note


def test_a_clip_of_several_segments_is_rendered_on_and_says_so(tmp_path: Path) -> None:
    parts = tuple(Segment(frames=17, seed=seed, prompt=captions.short(BALL)) for seed in (4, 5))
    engine = Foreseeing(GOOD)
    made = asked(engine, BAD, LIVE, folder=tmp_path, segments=parts)
    assert isinstance(made, TakeResult)
    assert made.early is not None
    assert "several segments" in made.early.note
    assert engine.told == [None, "done"] * 2


def test_a_worker_that_is_told_to_stop_at_its_look_stops(tmp_path: Path) -> None:
    watcher = Keeping(last="score")
    with pytest.raises(RenderStopped, match="asked to stop"):
        asked(Foreseeing(GOOD), BAD, LIVE, folder=tmp_path, watcher=watcher)


class DiesInDecode(Foreseeing):
    def decode(self, latents: Latents) -> NDArray[np.uint8]:
        raise RenderFault(Cause.CAPACITY, "the decode failed")


def test_an_attempt_that_goes_on_with_kept_latents_knows_what_was_seen(tmp_path: Path) -> None:
    media = MemoryMedia()
    with pytest.raises(RenderFault):
        asked(DiesInDecode(GOOD), FINE, LIVE, media=media, folder=tmp_path)
    engine = Foreseeing(GOOD)
    made = asked(engine, FINE, LIVE, media=media, folder=tmp_path)
    assert isinstance(made, TakeResult)
    assert made.early is not None
    assert engine.told == []
    assert (made.early.step, made.early.score) == (5, pytest.approx(0.8))


def test_what_was_rendered_on_before_the_line_was_raised_is_not_called_ended(
    tmp_path: Path,
) -> None:
    media, lower = MemoryMedia(), replace(LIVE, threshold=0.1)
    with pytest.raises(RenderFault):
        asked(DiesInDecode(GOOD), BAD, lower, media=media, folder=tmp_path)
    made = asked(Foreseeing(GOOD), BAD, LIVE, media=media, folder=tmp_path)
    assert isinstance(made, TakeResult)
    assert made.early is not None
    assert (made.early.score, made.early.ended) == (pytest.approx(0.2), False)


@pytest.fixture(scope="module")
def toy() -> Any:
    early = TOY.early.model_copy(update={"mode": "shadow"})
    return loading.load(TOY.model_copy(update={"early": early}), None, "cpu")


def test_the_toy_shows_itself_below_the_boundary_and_makes_the_same_clip(toy: Any) -> None:
    """Three of its eight steps lie above the boundary; a look changes no bit of what follows."""
    recipe = a_recipe(prompt=captions.short(BALL), steps=8, frames=17, width=64, height=64)
    picture = Image.fromarray(GOOD[0])
    text = toy.encode_text(recipe.prompt, recipe.negative)
    seen: list[tuple[int, Any]] = []
    looked = toy.denoise(
        picture, text, recipe, lambda *_: None, None,
        Look((1, 2, 5), lambda step, estimate: seen.append((step, toy.preview(estimate)))),
    )  # fmt: skip
    plain = toy.denoise(picture, text, recipe, lambda *_: None)

    assert bool((looked == plain).all())
    assert [step for step, _ in seen] == [4, 5]  # never after the last one
    error = np.square(seen[1][1].astype(float) - toy.decode(plain)).mean()
    assert 10 * np.log10(255**2 / error) > 18


def test_a_profile_that_looks_at_nothing_loads_no_tiny_decoder() -> None:
    assert loading.decoder_of(profile.load("toy"), None) is None
