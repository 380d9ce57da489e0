"""A recipe that is rendered again: whether the frames are the same, and if not, why not."""

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline import reproduction, take
from pipeline.clips import encode
from pipeline.clips.made_with import KEY, MadeWith
from pipeline.engines.protocol import Latents
from pipeline.errors import RenderStopped, ShotRejected
from pipeline.recipe import TakeOrder
from pipeline.recipe_changes import in_segments
from pipeline.reproduction import Reproduction
from pipeline.result import TakeResult
from pipeline.storage.files import Frames
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import still_path
from tests.played_tools import PlayedEngine, a_still, an_order_for, played_tools, told_nobody


class Unchecked:
    """A watcher that only counts."""

    def __init__(self, ends: str = "") -> None:
        self.stages: list[str] = []
        self._ends = ends

    def stage(self, name: str) -> None:
        self.stages.append(name)
        if name == self._ends:
            raise RenderStopped("asked to stop")

    def step(self, step: int, steps: int) -> None: ...


class Brighter(PlayedEngine):
    """Makes other frames from the third one on, as a newer library might."""

    def decode(self, latents: Latents) -> Frames:
        frames = super().decode(latents).copy()
        frames[2:] = np.minimum(frames[2:].astype(int) + 6, 255).astype(np.uint8)
        return frames


@pytest.fixture
def media(tmp_path: Path) -> MediaFolder:
    return MediaFolder(tmp_path / "media")


def made(media: MediaFolder, tmp_path: Path, segments: tuple[int, ...] = (17,)) -> TakeOrder:
    """The order of a take whose clip lies in the media root."""
    plain = an_order_for(a_still(tmp_path, media), "sh010")
    recipe = in_segments(plain.recipe, segments)
    order = TakeOrder(recipe=recipe, clip=plain.clip, title=plain.title, insisted=True)
    assert isinstance(take.make(order, played_tools(media.folder), Unchecked()), TakeResult)
    return order


def again(media: MediaFolder, order: TakeOrder, engine: PlayedEngine | None = None) -> Reproduction:
    engine = engine or PlayedEngine(told_nobody)
    clip = media.folder / order.clip
    return reproduction.reproduce(order, clip, engine, media, Unchecked())


@pytest.mark.parametrize("segments", [(17,), (17, 13)])
def test_a_recipe_makes_the_same_frames_again_and_leaves_nothing(
    media: MediaFolder, tmp_path: Path, segments: tuple[int, ...]
) -> None:
    order = made(media, tmp_path, segments)
    before = {path: path.stat().st_mtime_ns for path in media.folder.rglob("*") if path.is_file()}

    found = again(media, order)

    assert (found.same, found.same_film, found.same_render) == (True, True, True)
    assert found.film.frames == order.recipe.frames
    assert (found.known, found.differs, found.device) == (True, (), "cpu")
    assert found.seconds > 0
    after = {path: path.stat().st_mtime_ns for path in media.folder.rglob("*") if path.is_file()}
    assert after == before


def test_other_frames_are_told_from_the_first_that_differs(
    media: MediaFolder, tmp_path: Path
) -> None:
    order = made(media, tmp_path)

    found = again(media, order, Brighter(told_nobody))

    assert (found.same, found.same_film, found.same_render) == (False, False, False)
    # x264 tells frames by what comes after them, too: the first ones may be written otherwise.
    assert found.film.first is not None
    assert found.film.first <= 2
    assert found.film.differing >= order.recipe.frames - 2
    assert found.film.psnr is not None
    assert 25 < found.film.psnr < 45


def rewritten(media: MediaFolder, order: TakeOrder, tags: dict[str, str], bright: int = 0) -> None:
    """The clip, encoded again with other metadata, and brighter."""
    frames = encode.read(media.folder / order.clip)
    frames = np.minimum(frames.astype(int) + bright, 255).astype(np.uint8)
    (media.folder / order.clip).unlink()
    encode.seal(frames, media, order.clip, order.recipe.fps, tags)


def test_frames_that_were_only_encoded_otherwise_are_the_same_render(
    media: MediaFolder, tmp_path: Path
) -> None:
    order = made(media, tmp_path)
    tags = encode.metadata_of(media.folder / order.clip)
    told = {**json.loads(tags[KEY]), "encoder": "7.0", "encoder_threads": 96}
    rewritten(media, order, {KEY: json.dumps(told)}, bright=3)

    found = again(media, order)

    assert (found.same, found.same_film, found.same_render) == (True, False, True)
    now = MadeWith.from_metadata(tags)
    assert now is not None
    assert found.differs == (
        ("ffmpeg", "7.0", now.encoder),
        ("encoder threads", "96", str(now.encoder_threads)),
    )


def test_a_clip_of_before_is_held_by_what_a_player_shows(
    media: MediaFolder, tmp_path: Path
) -> None:
    order = made(media, tmp_path)
    rewritten(media, order, {}, bright=3)

    found = again(media, order)

    assert (found.same, found.same_render, found.known, found.differs) == (False, None, False, ())


def test_a_still_that_is_gone_is_said(media: MediaFolder, tmp_path: Path) -> None:
    order = made(media, tmp_path)
    (media.folder / still_path(order.recipe.still)).unlink()

    with pytest.raises(ShotRejected, match=r"the still .* is gone: submit the shot again"):
        again(media, order)


@pytest.mark.parametrize("stage", ["denoise", "encode", "check"])
def test_whoever_watches_may_end_it(media: MediaFolder, tmp_path: Path, stage: str) -> None:
    order = made(media, tmp_path)

    with pytest.raises(RenderStopped):
        reproduction.reproduce(
            order, media.folder / order.clip, PlayedEngine(told_nobody), media, Unchecked(stage)
        )


def test_what_a_take_was_made_with_changes_no_recipe(media: MediaFolder, tmp_path: Path) -> None:
    order = made(media, tmp_path)
    tags = encode.metadata_of(media.folder / order.clip)

    assert json.loads(tags["recipe"]) == order.recipe.as_dict()
    assert MadeWith.from_metadata(tags) is not None
