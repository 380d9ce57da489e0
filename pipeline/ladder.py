"""The ladder: the takes so far → the next recipe and why, or none. Pure.

A profile lists the rungs. Each simplifies the prompt of the take that the ladder stands on (the
first, or the latest that a person ordered), never that of a rung before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from pipeline.profile import Profile, Rung
from pipeline.prompt_simplify import Level, simplify
from pipeline.recipe import GUIDANCE_CAP, Recipe, Verdict, Zones


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFacts:
    """What the ladder needs to know of a take that was made."""

    number: int
    rung: int
    """0 for a first take or one ordered by hand, else the rung that made it."""
    recipe: Recipe
    verdict: Verdict | None
    score: float | None
    by_hand: bool = False
    zones: Zones | None = None
    """The lines that the gate went by; None for a take of before they were kept."""

    @property
    def unsure(self) -> bool:
        """Whether the score lies between the lines, where a person must look."""
        if self.verdict is not Verdict.LOW_MATCH or self.zones is None or self.score is None:
            return False
        return self.zones.unsure(self.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """Another prepared still of the same shot."""

    still: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The next take: its recipe, the rung it stands on, and why it is made."""

    rung: int
    recipe: Recipe
    why: str
    """One sentence for people."""
    changes: Mapping[str, tuple[Any, Any]]
    """Field of the recipe → (before, after), against the take before."""


Difference = dict[str, tuple[Any, Any]]

_STANDING = {
    Verdict.ACCEPTED: 3,
    Verdict.LOW_MATCH: 2,
    Verdict.UNSCORED: 1,
    Verdict.BAD_CLIP: 0,
}


def climb(
    takes: Sequence[TakeFacts],
    profile: Profile,
    *,
    must_keep: Sequence[str] = (),
    alternates: Sequence[Alternate] = (),
) -> Step | None:
    """The take to make after the latest one missed; None when it did not or may not have, or no rung
    is left."""
    latest = takes[-1]
    if latest.verdict not in (Verdict.LOW_MATCH, Verdict.BAD_CLIP) or latest.unsure:
        return None
    foot = _foot(takes)
    tried = {take.recipe.hash for take in takes}
    unused = [each for each in alternates if each.still not in {t.recipe.still for t in takes}]
    skipped = ""
    for number, rung in enumerate(profile.ladder[latest.rung :], start=latest.rung + 1):
        recipe = _on_rung(rung, foot.recipe, latest.recipe, must_keep, unused)
        if recipe.hash in tried:
            skipped += f"rung {number} changes nothing here; "
            continue
        changes = differences(latest.recipe, recipe)
        why = f"{_miss(latest, profile)}: {skipped}{_told(rung, changes)}"
        return Step(rung=number, recipe=recipe, why=why, changes=changes)
    return None


def best(takes: Sequence[TakeFacts]) -> TakeFacts | None:
    """The take that should stand for the shot: sound before broken, high before low, late before early."""
    judged = [take for take in takes if take.verdict is not None]
    return max(judged, key=_standing, default=None)


def by_hand(
    latest: Recipe,
    *,
    prompt: str | None = None,
    simplify_to: Level | None = None,
    cfg_high: float | None = None,
    seed: int | None = None,
    still: Alternate | None = None,
    must_keep: Sequence[str] = (),
) -> Recipe:
    """The latest recipe with a person's wishes; without any, the same with the next seed.

    Raises `ValueError` with a sentence for guidance over the cap.
    """
    recipe = latest
    if prompt is not None:
        recipe = replace(recipe, prompt=prompt)
    if simplify_to is not None:
        recipe = replace(recipe, prompt=simplify(recipe.prompt, simplify_to, must_keep).text)
    if cfg_high is not None:
        recipe = replace(recipe, cfg_high=float(cfg_high))
    if seed is not None:
        recipe = replace(recipe, seed=seed)
    if still is not None:
        recipe = _with_still(recipe, still)
    wished = (prompt, simplify_to, cfg_high, seed, still)
    return recipe if any(wish is not None for wish in wished) else _next_seed(latest)


def differences(before: Recipe, after: Recipe) -> Difference:
    """The fields in which two recipes differ, each with both values."""
    pairs = {
        each.name: (getattr(before, each.name), getattr(after, each.name))
        for each in fields(before)
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _foot(takes: Sequence[TakeFacts]) -> TakeFacts:
    """The take that the ladder stands on."""
    return next((take for take in reversed(takes) if take.by_hand), takes[0])


def _on_rung(
    rung: Rung,
    foot: Recipe,
    latest: Recipe,
    must_keep: Sequence[str],
    unused: Sequence[Alternate],
) -> Recipe:
    recipe = replace(
        latest,
        prompt=simplify(foot.prompt, rung.simplify, must_keep).text,
        cfg_high=min(max(rung.cfg_high, latest.cfg_high), GUIDANCE_CAP),
    )
    return _with_still(recipe, unused[0]) if rung.alternate_still and unused else recipe


def _with_still(recipe: Recipe, still: Alternate) -> Recipe:
    return replace(recipe, still=still.still, width=still.width, height=still.height)


def _next_seed(recipe: Recipe) -> Recipe:
    return replace(recipe, seed=(recipe.seed + 1) % 2**63)


def _standing(take: TakeFacts) -> tuple[int, float, int]:
    assert take.verdict is not None
    return _STANDING[take.verdict], -1.0 if take.score is None else take.score, take.number


def _miss(take: TakeFacts, profile: Profile) -> str:
    if take.verdict is Verdict.BAD_CLIP or take.score is None:
        return f"take {take.number} is a broken clip"
    line = take.zones.retake if take.zones else profile.match.threshold
    return f"match {take.score:.2f} is below {line:.2f}"


def _told(rung: Rung, changes: Difference) -> str:
    parts: list[str] = []
    if "prompt" in changes:
        parts.append(f"simpler prompt ({rung.simplify})")
    if "cfg_high" in changes:
        parts.append("cfg_high {:g} → {:g}".format(*changes["cfg_high"]))
    if "still" in changes:
        parts.append("the alternate still")
    return ", ".join(parts)
