"""Renders a recipe again, and says whether its frames are those of the clip that was made of it.

Nothing is judged, and nothing of it stays: neither the clip nor latents.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from pipeline import segments
from pipeline.clips import encode, fidelity
from pipeline.clips.fidelity import Difference
from pipeline.clips.made_with import Differing, MadeWith
from pipeline.engines.protocol import Engine, Watcher
from pipeline.engines.turns import Turns
from pipeline.recipe import Recipe, TakeOrder
from pipeline.stage_clock import StageClock
from pipeline.stills import prepare
from pipeline.storage.protocol import Media
from pipeline.storage.roots import media_at
from pipeline.storage.tensors import NOTHING_KEPT

AGAIN = "again.mp4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduction:
    """How a recipe came out when it was rendered again."""

    same_render: bool | None
    """Whether the frames are the same before they are encoded; None where the clip does not say."""
    film: Difference
    """The frames of both clips, as a player shows them."""
    known: bool
    """Whether the clip says what it was made with."""
    differs: tuple[Differing, ...]
    """What it was made with and is not now; empty also where that is not known."""
    device: str
    """What it was rendered on now."""
    seconds: float
    """Wall seconds of the render, its encoding not counted."""

    @property
    def same_film(self) -> bool:
        return self.film.differing == 0

    @property
    def same(self) -> bool:
        """Whether the recipe made the same frames: bit for bit as they are played, or as they were rendered
        where encoding alone made others of them."""
        return self.same_film or bool(self.same_render)


def reproduce(
    order: TakeOrder,
    clip: Path,
    engine: Engine,
    media: Media,
    watcher: Watcher,
    ffmpeg: str | None = None,
) -> Reproduction:
    """Renders the recipe of `order` from its still in `media` and holds the frames against those of `clip`.

    Raises `ShotRejected` where the still is gone or was altered, `RenderFault`, and what the watcher
    raises.
    """
    recipe, clock = order.recipe, StageClock(watcher)
    clock.stage("prepare")
    picture = prepare.load(media, recipe.still)
    means = segments.Means(engine, Turns(), NOTHING_KEPT)
    frames = segments.render(picture, order, means, clock)
    clock.stop()
    seconds = sum(clock.seconds.values())
    before = MadeWith.from_metadata(encode.metadata_of(clip))
    now = MadeWith.of(frames, engine.abilities.device, ffmpeg)
    clock.stage("encode")
    with tempfile.TemporaryDirectory(prefix="farm-again-") as folder:
        encode.seal(frames, media_at(folder), AGAIN, recipe.fps, {}, ffmpeg=ffmpeg)
        del frames  # two films of it come
        clock.stage("check")
        film = fidelity.difference(encode.each_frame(clip), encode.each_frame(Path(folder) / AGAIN))
    clock.stop()
    return Reproduction(
        same_render=before.frames == now.frames if before and before.frames else None,
        film=film,
        known=before is not None,
        differs=tuple(before.differences(now)) if before else (),
        device=now.device,
        seconds=seconds,
    )


def order_for(recipe: Recipe, title: str) -> TakeOrder:
    """The order of a take that is rendered again; its clip goes nowhere."""
    return TakeOrder(recipe=recipe, clip=AGAIN, title=title)
