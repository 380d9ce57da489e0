"""A sweep tells what is wrong, and repairs each thing before it tells it where that is asked."""

from pathlib import Path

import pytest

from farm.config import Settings
from farm.domain.lifecycle import ShotState
from farm.errors import Refused
from farm.operations.sweep import media_root, sweep
from farm.operations.workspace import media_of
from farm.scheduler.finds import Code
from farm.store import Store
from farm.store.queries import media_inventory
from farm.store.shots import in_review
from pipeline.storage.folder import MediaFolder
from pipeline.storage.protocol import Media
from tests.integration.farm.store.conftest import claim, make, submit


def test_what_is_found_is_told_and_repaired_when_asked(settings: Settings, farm: Store) -> None:
    submit(farm, "sh010")
    make(farm, claim(farm))
    media = media_of(settings)

    [found] = sweep(farm, media, who="anna")
    assert (found.code, found.fixable, found.fixed) == (Code.MISSING, True, False)
    [fixed] = sweep(farm, media, who="anna", fix=True)
    assert (fixed.code, fixed.fixed) == (Code.MISSING, True)
    [shot] = in_review.find(farm, "demo")
    assert shot.state is ShotState.NEEDS_REVIEW


def a_farm(store: Store, shots: int) -> None:
    submit(store, *(f"sh{number:03d}" for number in range(shots)))
    for _ in range(shots):
        make(store, claim(store))


def fill(media: Media, store: Store, clips: int) -> None:
    """Puts the clips that were published first where they ought to be."""
    for each in list(media_inventory.published(store))[:clips]:
        media.put(each.path, b"0" * each.size)


def others(media: Media, clips: int) -> None:
    """Clips of another farm, each with its two previews."""
    for number in range(clips):
        for ending in ("", ".thumbnail.webp", ".filmstrip.webp"):
            media.put(f"clips/film/sh010/sh010_t{number:02d}_a1.1_abcdef.mp4{ending}", b"0")


def swept(store: Store, media: Media, *, clips_lost: bool = False) -> set[Code]:
    found = sweep(store, media, who="anna", fix=True, hashes=False, clips_lost=clips_lost)
    return {each.code for each in found}


@pytest.mark.parametrize(("shots", "there", "strays"), [(1, 0, 1), (12, 0, 3), (12, 1, 30)])
def test_the_root_of_another_farm_is_not_swept(
    farm: Store, tmp_path: Path, shots: int, there: int, strays: int
) -> None:
    """Real and mounted; a few clips may have been copied from one to the other."""
    media = MediaFolder(tmp_path / "of another farm")
    a_farm(farm, shots)
    fill(media, farm, there)
    others(media, strays)

    with pytest.raises(Refused, match="looks like another farm's media root") as refusal:
        swept(farm, media)

    told = (
        f"of {shots} clips that this farm published {there} are there, and {strays} clips that it"
    )
    assert told in str(refusal.value)
    assert {shot.state for shot in in_review.find(farm, "demo")} == {ShotState.ACCEPTED}


@pytest.mark.parametrize(("there", "strays"), [(12, 30), (2, 30), (1, 0), (0, 0)])
def test_its_own_root_is_swept_though_clips_are_lost_and_others_share_it(
    farm: Store, tmp_path: Path, there: int, strays: int
) -> None:
    media = MediaFolder(tmp_path / "shared")
    media.put("clips/empty", b"")
    a_farm(farm, 12)
    fill(media, farm, there)
    others(media, strays)

    codes = swept(farm, media)

    assert (Code.MISSING in codes, Code.STRAY in codes) == (there < 12, strays > 0)
    accepted = in_review.find(farm, "demo", state=ShotState.ACCEPTED)
    assert len(accepted) == there


def test_who_says_that_the_clips_are_lost_is_believed(
    settings: Settings, farm: Store, tmp_path: Path
) -> None:
    a_farm(farm, 2)
    with pytest.raises(Refused, match="has no folder `clips`"):
        media_root(settings, farm)
    media = media_root(settings, farm, clips_lost=True)
    others(media, 5)
    with pytest.raises(Refused, match="say so with --clips-lost"):
        swept(farm, media)
    assert Code.MISSING in swept(farm, media, clips_lost=True)
    assert {shot.state for shot in in_review.find(farm, "demo")} == {ShotState.NEEDS_REVIEW}
    # It need not be said again: nothing is approved any more that another sweep would end.
    assert Code.MISSING in swept(farm, media)
