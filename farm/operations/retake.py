"""Makes shots again as a person wishes: the next take's recipe, and what is wished from now on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.domain.lifecycle import ReviewStatus, ShotState, TakeStatus
from farm.domain.shot import AlternateStill, Picture, Wish, ratio
from farm.errors import Refused, SettingsError, Stale
from farm.operations.per_shot import PerShot, per_shot
from farm.operations.workspace import finders_of, media_of, profile_of

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store
    from farm.store.shots.in_review import ShotInReview
    from pipeline.ladder import Step
    from pipeline.profiles.profile import Profile
    from pipeline.prompts.simplify import Level
    from pipeline.recipe import Recipe

SAID = ("prompt", "negative", "seconds", "seed", "aspect")
"""Wishes that a shot list has fields for, by the same names; a picture is one too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person wishes of the next take; None leaves it as it was. Raises `Refused` for a prompt that
    is still to be written: what no shot list may ask for, no retake may."""

    prompt: str | None = None
    simplify: "Level | None" = None
    """`L1`, `L2` or `L3`: how much of the prompt goes."""
    cfg: float | None = None
    """Guidance of the high-noise expert, at most 10."""
    image: Path | None = None
    """Another start picture."""
    seed: int | None = None
    seconds: float | None = None
    negative: str | None = None
    """What the shot must not show, beside what the profile says; empty for nothing."""
    aspect: str | None = None
    """`16:9`."""

    def __post_init__(self) -> None:
        from pipeline.prompts.lint import placeholder

        if self.prompt is not None and (found := placeholder(self.prompt)):
            raise Refused(f"prompt: {found.message}")

    @property
    def none(self) -> bool:
        """Whether nothing is wished but another take."""
        return all(getattr(self, each.name) is None for each in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Retaken:
    """A take that was ordered, or would be."""

    shot: str
    take: int
    instead_of: int | None
    """The take that waited, where one did."""
    why: str


@dataclass(frozen=True, slots=True)
class Foretold:
    """What the ladder would make of a shot, and why."""

    shot: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The take that a person's wishes make of a shot, as it lay before the person."""

    step: "Step"
    number: int
    """Of the take that was the latest then."""
    said: Mapping[str, Any]
    """What the person wishes of the shot from now on, by the fields of a `Wish`."""

    def step_for(self, shot: "ShotInReview") -> "Step":
        """The step, if the shot is still as it was. Raises `Stale`."""
        if shot.number != self.number:
            name = f"{shot.name.production}/{shot.name.code}"
            raise Stale(f"{name}: take {shot.number} was ordered just now; look at it first")
        return self.step

    def written(self, wish: Wish) -> Wish:
        return replace(wish, **self.said)


def retake(
    settings: "Settings",
    store: "Store",
    production: str,
    shots: Sequence[str],
    wishes: Wishes,
    *,
    state: ShotState | None = None,
    newest: int | None = None,
    known: ReviewStatus | None = None,
    who: str,
    why: str = "",
    dry_run: bool = False,
) -> PerShot[Retaken | Foretold]:
    """Renders shots again, changed as is wished, or with a new seed; those named, or all in a state.

    A take that still waits is replaced. `newest` is the newest take that the person knew, `known` the
    review that the person saw: a shot that is not so any more is refused as `Stale`. A dry run orders
    nothing; without a wish it foretells what the ladder would do. Raises `UnknownName`, and `Refused`
    where no shot is in that state.
    """
    from farm.store.shots import in_review, review

    found = in_review.find(store, production, shots, state)
    if not found:
        raise Refused(f"{production} has no such shots in state {state}: nothing to retake")
    by_code = {each.name.code: each for each in found}

    def act(code: str) -> Retaken | Foretold:
        shot = by_code[code]
        if dry_run and wishes.none:
            return Foretold(code, foretold(settings, store, shot))
        made = plan(settings, store, shot, wishes, dry_run=dry_run)
        if not dry_run:
            review.retake(
                store, production, code, made.step_for, who, why, made.written,
                newest=newest, known=known,
            )  # fmt: skip
        return Retaken(
            shot=code,
            take=shot.number + 1,
            instead_of=shot.number if shot.status is TakeStatus.WAITING else None,
            why=made.step.why,
        )

    return per_shot(by_code, act)


def own_negative(settings: "Settings", recipe: Mapping[str, Any]) -> str:
    """What a recipe must not show beside what its profile says; all of it where the profile says something
    else by now."""
    try:
        of_profile = profile_of(settings, recipe["profile"]).sampler.negative
    except SettingsError:
        of_profile = ""
    whole = str(recipe["negative"])
    if whole == of_profile:
        return ""
    return whole.removeprefix(f"{of_profile}, ") if of_profile else whole


def foretold(settings: "Settings", store: "Store", shot: "ShotInReview") -> str:
    """What the ladder would make of a shot's takes so far, and why."""
    from farm.domain import gate
    from farm.store.queue.judged_takes import history

    so_far = history(store, shot.name)
    if not so_far.takes:
        return f"there is no take yet that the ladder could judge; it is {shot.state.replace('_', ' ')}"
    decision = gate.decide(so_far, profile_of(settings, so_far.takes[-1].recipe.profile))
    if decision.step is None:
        return f"{decision.review.replace('_', ' ')}, no retake: {decision.why}"
    return f"take {shot.number + 1} on rung {decision.step.rung}: {decision.why}"


def plan(
    settings: "Settings", store: "Store", shot: "ShotInReview", wishes: Wishes, *, dry_run: bool
) -> Plan:
    """The take that a person's wishes make of a shot's latest recipe. Raises `Refused`."""
    from pipeline.ladder import Step
    from pipeline.recipe_changes import differences

    before = shot.recipe
    if shot.state is ShotState.FAILED and wishes.none:
        again = Step(rung=0, recipe=before, why="the same again after a failure", changes={})
        return Plan(_with_what_was_cut(store, shot, again), shot.number, {})
    pictures = _pictures(settings, shot, wishes, dry_run=dry_run)
    recipe = _recipe(settings, shot, wishes, pictures[0] if pictures else None)
    changes = differences(before, recipe)
    if not changes:
        raise Refused(
            f"{shot.name.production}/{shot.name.code}: that is what take {shot.number} was made of "
            "already; change something more, or give another --seed"
        )
    told = "; ".join(f"{name} {old!s} → {new!s}" for name, (old, new) in changes.items())
    step = Step(rung=0, recipe=recipe, why=f"by hand: {told}", changes=changes)
    wished = {name: getattr(wishes, name) for name in SAID}
    said = {name: value for name, value in wished.items() if value is not None}
    if pictures:
        first, *others = pictures
        said["still"] = Picture(image=first.image, picture=first.picture, still=first.still)
        if wishes.aspect is not None:
            said["alternates"] = tuple(others)
    return Plan(_with_what_was_cut(store, shot, step), shot.number, said)


def _with_what_was_cut(store: "Store", shot: "ShotInReview", step: "Step") -> "Step":
    from farm.store.queue.judged_takes import prompts_of
    from pipeline.prompts.provenance import removed

    cut = removed(prompts_of(store, shot.name), step.recipe.prompt, shot.must_keep)
    return replace(step, removed=cut)


def _recipe(
    settings: "Settings",
    shot: "ShotInReview",
    wishes: Wishes,
    still: AlternateStill | None,
) -> "Recipe":
    from pipeline.prompts.provenance import with_negations_moved
    from pipeline.recipe_changes import Alternate, by_hand

    profile = profile_of(settings, shot.recipe.profile)
    own, seconds = wishes.negative, wishes.seconds
    try:
        recipe = by_hand(
            shot.recipe,
            prompt=wishes.prompt,
            simplify_to=wishes.simplify,
            cfg_high=wishes.cfg,
            seed=wishes.seed,
            still=still and Alternate(still=still.still, width=still.width, height=still.height),
            negative=None if own is None else _joined(profile.sampler.negative, own),
            lengths=None if seconds is None else profile.lengths_for(profile.frames_for(seconds)),
            must_keep=shot.must_keep,
        )
    except ValueError as error:
        raise Refused(f"{shot.name.production}/{shot.name.code}: {error}") from error
    if wishes.simplify:
        recipe = with_negations_moved(recipe, [shot.recipe.prompt], shot.must_keep)
    return recipe


def _joined(*negatives: str) -> str:
    return ", ".join(filter(None, negatives))


def _pictures(
    settings: "Settings", shot: "ShotInReview", wishes: Wishes, *, dry_run: bool
) -> list[AlternateStill]:
    """The still that is wished, prepared; with another aspect the alternates too."""
    image, aspect = wishes.image, wishes.aspect
    if image is None and aspect is None:
        return []
    others = [] if aspect is None else [Path(each.image) for each in shot.alternates]
    profile = profile_of(settings, shot.recipe.profile)
    return [
        _prepared(
            settings, shot, profile, picture, aspect or shot.aspect, wished=image, dry_run=dry_run
        )
        for picture in [image or Path(shot.image), *others]
    ]


def _prepared(
    settings: "Settings",
    shot: "ShotInReview",
    profile: "Profile",
    picture: Path,
    aspect: str | None,
    *,
    wished: Path | None,
    dry_run: bool,
) -> AlternateStill:
    from pipeline.stills import prepare
    from pipeline.storage.checksums import sha256_at

    if not picture.is_file():
        name = f"{shot.name.production}/{shot.name.code}"
        if picture == wished:
            raise Refused(
                f"{name}: there is no picture {picture.absolute()}; name one that is there"
            )
        raise Refused(
            f"{name}: its picture {picture} is not there any more; put it back, or name one with --image"
        )
    fitted = prepare.fit(
        picture,
        profile,
        aspect=ratio(aspect),
        max_pixels=settings.max_pixels,
        finder=finders_of(settings)(profile),
    )
    name = str(picture) if dry_run else prepare.keep(fitted, media_of(settings)).sha256
    return AlternateStill(
        image=str(picture.absolute()),
        still=name,
        width=fitted.width,
        height=fitted.height,
        picture=sha256_at(picture),
    )
