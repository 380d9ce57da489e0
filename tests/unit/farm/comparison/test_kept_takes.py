"""What became of a take lies beside its clip and is found again, as long as both are whole."""

from dataclasses import replace
from pathlib import Path

import pytest

from farm.comparison.kept_takes import KeptTakes
from pipeline.findings import Finding, Severity
from pipeline.misses import Answer, Miss, MissKind
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe
from pipeline.result import TakeResult, Zones
from pipeline.storage.folder import MediaFolder
from tests.conftest import a_recipe, a_result
from tests.unit.farm.domain.test_stand_in import FAST, TOY, changed


@pytest.fixture
def media(tmp_path: Path) -> MediaFolder:
    return MediaFolder(tmp_path)


def made(media: MediaFolder, kept: KeptTakes, recipe: Recipe, attempt: int = 1) -> TakeResult:
    """A take whose clip is there."""
    clip = kept.clip_of("sh010", 1, recipe.profile)(attempt)
    media.put(clip, b"film")
    result = a_result(clip)
    return replace(result, clip=replace(result.clip, size=4))


def test_a_take_is_found_by_its_recipe_as_it_was(media: MediaFolder) -> None:
    kept, recipe = KeptTakes(media, FAST, TOY), a_recipe()
    answer = Answer(
        kind=MissKind.ACTION_ABSENT, question="?", value=0.4, clause="turns", span=(0, 4)
    )
    result = replace(
        made(media, kept, recipe),
        findings=(Finding("clip.flicker", Severity.WARNING, "it flickers"),),
        misses=(Miss(kind=MissKind.FLICKER, value=4.0, threshold=3.0, message="it flickers"),),
        zones=Zones.at(0.5),
        despite="there is no room",
    )
    result = replace(result, match=replace(result.match, answers=(answer,)))
    kept.keep(recipe, result)

    assert KeptTakes(media, FAST, TOY).found() == {recipe.hash: result}


def test_a_take_whose_clip_is_gone_or_cut_short_is_made_again(media: MediaFolder) -> None:
    kept = KeptTakes(media, FAST, TOY)
    for seed in (1, 2, 3):
        result = made(media, kept, a_recipe(seed=seed), attempt=seed)
        kept.keep(a_recipe(seed=seed), result)
        if seed == 1:
            media.remove(result.clip.path)
        elif seed == 2:
            media.put(result.clip.path, b"fi")

    assert [*kept.found()] == [a_recipe(seed=3).hash]


def test_what_cannot_be_read_is_as_good_as_none(
    media: MediaFolder, caplog: pytest.LogCaptureFixture
) -> None:
    kept = KeptTakes(media, FAST, TOY)
    media.put(f"{kept.folder}/toy/a.json", b'{"recipe": {}')
    media.put(f"{kept.folder}/toy/b.json", b'{"recipe": {"seed": 1}}')

    assert kept.found() == {}
    assert caplog.text.count("cannot be read") == 2


@pytest.mark.parametrize(
    ("stand_in", "exact"),
    [
        (changed(speed={"compile": True}, stands_for="toy"), TOY),
        (FAST, changed("toy", sampler={"steps": 12})),
        (changed(**{"speed": {"guidance": "above_boundary"}, "clip": {"flicker": 9.0}}),
         changed("toy", clip={"flicker": 9.0})),
    ],
)  # fmt: skip
def test_a_changed_profile_begins_anew(
    media: MediaFolder, stand_in: Profile, exact: Profile
) -> None:
    kept = KeptTakes(media, FAST, TOY)
    kept.keep(a_recipe(), made(media, kept, a_recipe()))

    assert KeptTakes(media, stand_in, exact).found() == {}


def test_no_two_attempts_share_a_name(media: MediaFolder) -> None:
    names = {
        kept.clip_of(shot, number, profile)(attempt)
        for kept in (KeptTakes(media, FAST, TOY), KeptTakes(media, FAST, TOY))
        for shot in ("sh010", "sh020")
        for number in (1, 2)
        for profile in ("toy", "toy-fast")
        for attempt in (1, 2)
    }
    assert len(names) == 32
