"""Profiles that claim to be as good as an exact one: which they are, and what pairs are made. Pure."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from farm.domain.shot import NewShot, seed_for
from pipeline.profiles.match_section import WHERE_ASKED
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import SpeedSection
from pipeline.recipe import Recipe
from pipeline.recipe_changes import with_seed

NAME = "gate"
"""What takes of pairs are called by where others have their production."""
FOLDER = "gates"
"""Where pairs and what came of them lie, below the media root."""
TAKES = f"{FOLDER}/takes"
RECORDS = f"{FOLDER}/records"
CLIP, TOLD = ".mp4", ".json"
"""How the clip of a take ends, and what was found of it, which lies beside it under the same name."""
_SAME_FRAMES = ("fps", "grid", "max_frames", "default_frames")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPair:
    """The first take of a shot by both profiles, with one seed."""

    shot: str
    number: int
    """Of its seed among those of the shot, from 1."""
    seed: int
    exact: Recipe
    stand_in: Recipe


def is_exact(profile: Profile) -> bool:
    """Whether a profile stands for nothing but itself, so that there is nothing to hold it to.

    A compiled expert rounds otherwise in the last bits, as another card does, and saves no operation.
    """
    speed = profile.speed
    decode = None if speed.decode == profile.model.vae_dtype else speed.decode
    saves = speed.model_copy(update={"compile": False, "decode": decode})
    return saves == SpeedSection() and not profile.stands_for


def why_not_comparable(stand_in: Profile, exact: Profile) -> Iterator[str]:
    """A sentence for each thing that keeps two profiles from making pairs."""
    both = f"{stand_in.name} and {exact.name}"
    if stand_in.name == exact.name:
        yield f"{exact.name} cannot be held against itself: name its exact profile with --against"
        return
    if not is_exact(exact):
        why = f"stands for {exact.stands_for}" if exact.stands_for else "has a [speed] of its own"
        yield f"{exact.name} is not exact, it {why}: losses would add up; name an exact profile"
    if stand_in.revision == exact.revision:
        yield f"{both} make the same frames, both are of revision {exact.revision}: nothing to compare"
    one, other = stand_in.frame, exact.frame
    differ = [key for key in _SAME_FRAMES if getattr(one, key) != getattr(other, key)]
    if one.areas[one.area] != other.areas[other.area]:
        differ.append("area")
    for key in differ:
        values = f"{getattr(one, key)} and {getattr(other, key)}"
        yield f"{both} make other frames, [frame] {key} is {values}: give both the same"
    for section in ("match", "clip", "lettering"):
        for key in _differing(_rules(stand_in)[section], _rules(exact)[section]):
            yield f"{both} are judged by other rules, [{section}] {key} differs: give both the same"


def judged_by(profile: Profile) -> str:
    """8 hex digits over what takes are judged by: verdicts by other rules are not compared."""
    rules = _rules(profile)
    if not profile.lettering.read:
        del rules["lettering"]
    return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()[:8]


def _rules(profile: Profile) -> dict[str, dict[str, Any]]:
    """By tables; where a scorer is asked is no rule."""
    match = profile.match.model_dump(mode="json", exclude={"partial", *WHERE_ASKED})
    others = {
        name: getattr(profile, name).model_dump(mode="json") for name in ("clip", "lettering")
    }
    return {"match": match, **others}


def planned(
    shots: Iterable[NewShot], count: int, stand_in: Profile, exact: Profile
) -> list[PlannedPair]:
    """So many pairs of each shot, whose recipe is by the exact profile."""
    return [
        PlannedPair(
            shot=shot.code,
            number=number,
            seed=seed,
            exact=_recipe(shot, exact, seed),
            stand_in=_recipe(shot, stand_in, seed),
        )
        for shot in shots
        for number, seed in enumerate(_seeds(shot, count), start=1)
    ]


def _seeds(shot: NewShot, count: int) -> list[int]:
    """Always the same ones: the list's own or the one that its code gives, then one for each number."""
    others = (seed_for(NAME, f"{shot.code} seed {number}") for number in range(2, count + 1))
    return [shot.recipe.seed, *others]


def _recipe(shot: NewShot, profile: Profile, seed: int) -> Recipe:
    sampler = profile.sampler
    return replace(
        with_seed(shot.recipe, seed),
        negative=", ".join(filter(None, (sampler.negative, shot.negative))),
        steps=sampler.steps,
        cfg_high=sampler.cfg_high,
        cfg_low=sampler.cfg_low,
        profile=profile.name,
        revision=profile.revision,
    )


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return [key for key in one if one[key] != other[key]]
