"""`farm reproduce`: a take's recipe rendered again by a played model, and why it cannot be."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from farm.cluster import loading
from farm.cluster.loading import WorkerSettings
from farm.domain.lifecycle import ReviewStatus
from farm.store import Store
from farm.store.queue import settle
from farm.store.shots import archive, review
from pipeline import take
from pipeline.clips import encode
from pipeline.engines.protocol import Latents
from pipeline.errors import Cause, RenderFault
from pipeline.profiles import profile
from pipeline.recipe import TakeOrder
from pipeline.recipe_changes import in_segments
from pipeline.result import TakeResult
from pipeline.storage.files import Frames
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import still_path
from tests.conftest import a_recipe
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import accept, claim, fail, say, submit
from tests.played_tools import PROMPT, PlayedEngine, a_still, played_tools, told_nobody

REVISION = profile.load("toy").revision


class Darker(PlayedEngine):
    """Makes other frames."""

    def decode(self, latents: Latents) -> Frames:
        return np.asarray(super().decode(latents)) // 2


class Nobody:
    def stage(self, name: str) -> None: ...
    def step(self, step: int, steps: int) -> None: ...


@pytest.fixture
def media(store: Store, tmp_path: Path) -> MediaFolder:
    return MediaFolder(tmp_path / "media")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[type[PlayedEngine]]:
    """What is loaded to render again; the last of the list."""
    loaded = [PlayedEngine]

    def load(settings: WorkerSettings) -> PlayedEngine:
        assert settings.profile.name == "toy"
        return loaded[-1](told_nobody)

    monkeypatch.setattr(loading, "load_engine", load)
    return loaded


def make(
    store: Store,
    media: MediaFolder,
    code: str = "sh010",
    *,
    lengths: tuple[int, ...] = (17,),
    revision: str = REVISION,
    **changes: Any,
) -> TakeResult:
    """A shot whose take 1 was rendered and accepted."""
    recipe = a_recipe(
        still=a_still(media.folder.parent, media), revision=revision, prompt=f"{PROMPT} {code}"
    )
    submit(store, code, recipe=in_segments(recipe, lengths), **changes)
    lease = claim(store)
    order = TakeOrder(recipe=lease.recipe, clip=lease.clip, title=code, insisted=True)
    made = take.make(order, played_tools(media.folder), Nobody())
    assert isinstance(made, TakeResult)
    settle.made(store, lease, made, accept)
    return made


@pytest.mark.parametrize("lengths", [(17,), (17, 13)])
@pytest.mark.parametrize("draft_for", [None, "wan2.2-i2v-a14b"])
def test_the_same_frames_are_said_to_be_the_same(
    store: Store,
    farm: Farm,
    media: MediaFolder,
    engine: list[type[PlayedEngine]],
    lengths: tuple[int, ...],
    draft_for: str | None,
) -> None:
    made = make(store, media, lengths=lengths, draft_for=draft_for)

    answer = farm("reproduce", "demo", "sh010")
    told = farm("reproduce", "demo", "sh010", "--take", "1", "--json")

    assert (answer.status, told.status) == (0, 0)
    name = "demo/sh010 take 1, a draft," if draft_for else "demo/sh010 take 1"
    same = f"{name}: the frames are the same, bit for bit ({made.clip.frames} frames, "
    assert answer.out.startswith(same)
    assert answer.out.count("\n") == 1
    assert told.json | {"seconds": 0} == {
        "production": "demo",
        "shot": "sh010",
        "take": 1,
        "draft": bool(draft_for),
        "recipe_hash": told.json["recipe_hash"],
        "profile": "toy",
        "same": True,
        "same_film": True,
        "same_render": True,
        "frames": made.clip.frames,
        "differing_frames": 0,
        "first_difference": None,
        "psnr_db": None,
        "made_with_known": True,
        "differs": [],
        "device": "cpu",
        "seconds": 0,
    }


def test_other_frames_end_with_a_status_of_their_own(
    store: Store, farm: Farm, media: MediaFolder, engine: list[type[PlayedEngine]]
) -> None:
    make(store, media)
    engine.append(Darker)

    answer = farm("reproduce", "demo", "sh010")
    told = farm("reproduce", "demo", "sh010", "--json")

    assert (answer.status, told.status) == (3, 3)
    said, why = answer.out.splitlines()
    others = "demo/sh010 take 1: the frames are others: from frame 0 on 17 of 17 differ, PSNR "
    assert said.startswith(others)
    assert "device, libraries and encoder are as they were" in why
    assert (told.json["same"], told.json["first_difference"]) == (False, 0)
    assert told.json["psnr_db"] < 30


def test_a_changed_profile_is_refused_and_rendered_only_when_asked(
    store: Store, farm: Farm, media: MediaFolder, engine: list[type[PlayedEngine]]
) -> None:
    make(store, media, revision="0123456789ab")

    refused = farm("reproduce", "demo", "sh010")
    anyway = farm("reproduce", "demo", "sh010", "--anyway")

    assert refused.status == 1
    assert f"was made with revision 0123456789ab of toy, which is {REVISION} by now" in refused.err
    assert anyway.status == 0
    assert f"  profile revision: 0123456789ab then, {REVISION} now\n" in anyway.out
    told = farm("reproduce", "demo", "sh010", "--anyway", "--json").json["differs"]
    assert told == [{"what": "profile revision", "then": "0123456789ab", "now": REVISION}]


def test_a_clip_of_before_says_that_nobody_knows(
    store: Store, farm: Farm, media: MediaFolder, engine: list[type[PlayedEngine]]
) -> None:
    clip = make(store, media).clip
    frames = encode.read(media.folder / clip.path)
    (media.folder / clip.path).unlink()
    old = encode.seal(frames, media, clip.path, clip.fps, {})
    say(store, "UPDATE clips SET sha256 = :sha256", sha256=old.sha256)
    engine.append(Darker)

    answer = farm("reproduce", "demo", "sh010")

    assert answer.status == 3
    assert "what it was made with is not known" in answer.out
    told = farm("reproduce", "demo", "sh010", "--json").json
    assert (told["same_render"], told["made_with_known"]) == (None, False)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EACCES, "let the farm's user read it"),
        (errno.EIO, "look at the disk or the mount behind it"),
    ],
)
def test_a_clip_that_cannot_be_read_is_a_sentence(
    store: Store, farm: Farm, media: MediaFolder, monkeypatch: pytest.MonkeyPatch, number: int,
    remedy: str,
) -> None:  # fmt: skip
    made = make(store, media)

    def locked(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(MediaFolder, "open", locked)
    answer = farm("reproduce", "demo", "sh010")
    assert (answer.status, answer.err) == (
        1,
        f"farm: the clip of demo/sh010 take 1, {media.where(made.clip.path)}, cannot be read "
        f"({os.strerror(number)}): {remedy}\n",
    )


def test_an_archived_production_may_be_asked_too(
    store: Store, farm: Farm, media: MediaFolder, engine: list[type[PlayedEngine]]
) -> None:
    make(store, media)
    archive.archive(store, "demo", who="anna")

    assert farm("reproduce", "demo", "sh010").status == 0


def test_what_cannot_be_rendered_again_is_said_before_a_model_is_loaded(
    store: Store, farm: Farm, media: MediaFolder
) -> None:
    make(store, media, "sh010")
    submit(store, "sh020")
    fail(store)
    gone = media.folder / make(store, media, "sh030").clip.path
    altered = media.folder / make(store, media, "sh040").clip.path
    make(store, media, "sh050")
    make(store, media, "sh060")
    gone.unlink()
    altered.write_bytes(altered.read_bytes() + b"\0")
    say(
        store,
        "UPDATE clips SET purged_at = '2026-11-01 12:00:00.000000' WHERE path LIKE '%sh050%'",
    )
    say(store, "UPDATE takes SET recipe = replace(recipe, '\"toy\"', '\"gone\"') WHERE id = 6")

    for code, sentence in (
        ("sh020", "has no clip to compare with: it is failed"),
        ("sh030", "is missing: bring the file back"),
        ("sh040", "was altered after it was made"),
        ("sh050", "was purged on 01 Nov 2026"),
        ("sh060", "there is no profile 'gone'"),
        ("sh070", "demo has no shot 'sh070'"),
    ):
        answer = farm("reproduce", "demo", code)
        assert (answer.status, answer.out) == (1, ""), code
        assert sentence in answer.err, code
    assert (
        "demo/sh010 has no take 2; its newest is take 1"
        in farm("reproduce", "demo", "sh010", "--take", "2").err
    )
    assert farm("reproduce", "demo", "sh010", "--take", "0").status == 2


def test_a_still_that_is_gone_is_said_in_a_sentence(
    store: Store, farm: Farm, media: MediaFolder
) -> None:
    clip = media.folder / make(store, media).clip.path
    still = json.loads(encode.metadata_of(clip)["recipe"])["still"]
    (media.folder / still_path(still)).unlink()

    answer = farm("reproduce", "demo", "sh010")

    assert answer.status == 1
    assert f"{still}.png is gone: submit the shot again" in answer.err


def test_a_machine_that_will_not_do_is_said_in_a_sentence(
    store: Store, farm: Farm, media: MediaFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(store, media)

    def unfit(settings: WorkerSettings) -> PlayedEngine:
        raise RenderFault(Cause.FATAL, "toy wants a GPU with 80 GB, and there is none")

    monkeypatch.setattr(loading, "load_engine", unfit)

    answer = farm("reproduce", "demo", "sh010")
    assert (answer.status, answer.err) == (
        1,
        "farm: toy wants a GPU with 80 GB, and there is none\n",
    )


def test_the_take_that_stands_for_the_shot_is_meant_where_none_is_named(
    store: Store, farm: Farm, media: MediaFolder, engine: list[type[PlayedEngine]]
) -> None:
    make(store, media)
    farm("retake", "demo", "sh010", "--seed", "9")
    lease = claim(store)
    order = TakeOrder(recipe=lease.recipe, clip=lease.clip, title="b", insisted=True)
    second = take.make(order, played_tools(media.folder), Nobody())
    assert isinstance(second, TakeResult)
    settle.made(store, lease, second, accept)
    review.review(store, "demo", "sh010", ReviewStatus.APPROVED, "anna", 1)

    assert farm("reproduce", "demo", "sh010", "--json").json["take"] == 1
    assert farm("reproduce", "demo", "sh010", "--take", "2", "--json").json["take"] == 2
