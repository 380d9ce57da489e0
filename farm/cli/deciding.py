"""`retake`, `cancel`, `approve`, `reject`: what people decide about shots."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.opening import (
    finders_of,
    json_option,
    media_of,
    per_shot,
    profile_of,
    settings_of,
    store_of,
    why_option,
)
from farm.errors import Refused
from farm.lifecycle import ReviewStatus, ShotState

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store
    from farm.store.desk import Desk
    from pipeline.ladder import Step


@click.command()
@click.argument("production")
@click.argument("shots", nargs=-1)
@click.option(
    "--state",
    type=click.Choice([state.value for state in ShotState]),
    help="All shots in this state.",
)
@click.option("--prompt", help="Another prompt.")
@click.option("--simplify", type=click.Choice(["L1", "L2", "L3"]), help="Simplify the prompt.")
@click.option("--cfg", type=float, help="Guidance of the high-noise expert, at most 10.")
@click.option("--image", type=click.Path(path_type=Path), help="Another start picture.")
@click.option("--seed", type=int, help="Another seed.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Only tell what would be rendered, and without a wish what the ladder would do and why.",
)
@why_option
@json_option
@click.pass_context
def retake(
    ctx: click.Context,
    production: str,
    shots: tuple[str, ...],
    state: str | None,
    dry_run: bool,
    why: str,
    as_json: bool,
    **wishes: Any,
) -> None:
    """Render shots again, changed as you say; without a wish, with a new seed.

    A shot whose machines failed is rendered again as it was.

    \b
    Examples: farm retake nike_ss27 --state failed
              farm retake nike_ss27 sh010 sh020 --simplify L3 --cfg 7
    """
    from farm.store import desk

    if not shots and not state:
        raise click.UsageError("name shots, or a state with --state; not the whole production")
    if wishes["prompt"] and wishes["simplify"]:
        raise click.UsageError("--prompt and --simplify exclude each other")
    _check_prompt(wishes["prompt"])
    settings = settings_of(ctx)
    store = store_of(settings)
    found = desk.find(store, production, shots, ShotState(state) if state else None)
    if not found:
        raise Refused(f"{production} has no such shots in state {state}: nothing to retake")

    by_code = {each.shot.code: each for each in found}

    def act(code: str) -> str:
        if dry_run and not any(value is not None for value in wishes.values()):
            return f"{code}: {_foretold(settings, store, by_code[code])}"
        plan = _plan(settings, by_code[code], wishes, dry_run=dry_run)
        if not dry_run:
            desk.retake(store, production, code, lambda _: plan, settings.user, why)
        return f"{code} take {by_code[code].number + 1}: {plan.why}"

    per_shot(tuple(by_code), act, as_json=as_json)


def _check_prompt(prompt: str | None) -> None:
    """What no shot list may ask for, no retake may. Raises `Refused`."""
    from pipeline.prompt_lint import placeholder

    if prompt is not None and (found := placeholder(prompt)):
        raise Refused(f"--prompt: {found.message}")


def _foretold(settings: "Settings", store: "Store", desk: "Desk") -> str:
    """What the ladder would make of a shot's takes so far, and why."""
    from farm import gate
    from farm.store.history import history

    so_far = history(store, desk.shot)
    if not so_far.takes:
        return f"there is no take yet that the ladder could judge; it is {desk.state.replace('_', ' ')}"
    decision = gate.decide(so_far, profile_of(settings, so_far.takes[-1].recipe.profile))
    if decision.step is None:
        return f"{decision.review.replace('_', ' ')}, no retake: {decision.why}"
    return f"take {desk.number + 1} on rung {decision.step.rung}: {decision.why}"


def _plan(settings: "Settings", desk: "Desk", wishes: dict[str, Any], *, dry_run: bool) -> "Step":
    """The take that a person's wishes make of a shot's latest recipe."""
    from pipeline.ladder import Step, by_hand, differences
    from pipeline.prompt_trace import with_negations_moved

    before = desk.recipe
    if desk.state is ShotState.FAILED and not any(value is not None for value in wishes.values()):
        return Step(rung=0, recipe=before, why="the same again after a failure", changes={})
    image = wishes["image"]
    still = _still(settings, desk, image, dry_run=dry_run) if image else None
    try:
        recipe = by_hand(
            before,
            prompt=wishes["prompt"],
            simplify_to=wishes["simplify"],
            cfg_high=wishes["cfg"],
            seed=wishes["seed"],
            still=still,
            must_keep=desk.must_keep,
        )
    except ValueError as error:
        raise Refused(f"{desk.shot.production}/{desk.shot.code}: {error}") from error
    if wishes["simplify"]:
        recipe = with_negations_moved(recipe, [before.prompt], desk.must_keep)
    changes = differences(before, recipe)
    if not changes:
        raise Refused(
            f"{desk.shot.production}/{desk.shot.code}: that is what take {desk.number} was made of "
            "already; change something more, or give another --seed"
        )
    told = "; ".join(f"{name} {old!s} → {new!s}" for name, (old, new) in changes.items())
    return Step(rung=0, recipe=recipe, why=f"by hand: {told}", changes=changes)


def _still(settings: "Settings", desk: "Desk", image: Path, *, dry_run: bool) -> Any:
    from farm.shot import ratio
    from pipeline import still
    from pipeline.ladder import Alternate

    profile = profile_of(settings, desk.recipe.profile)
    fitted = still.fit(
        image,
        profile,
        aspect=ratio(desk.aspect),
        max_pixels=settings.max_pixels,
        finder=finders_of(settings)(profile),
    )
    if dry_run:
        return Alternate(still=str(image), width=fitted.width, height=fitted.height)
    kept = still.keep(fitted, media_of(settings))
    return Alternate(still=kept.sha256, width=kept.width, height=kept.height)


@click.command()
@click.argument("production")
@click.argument("shots", nargs=-1, required=True)
@why_option
@json_option
@click.pass_context
def cancel(
    ctx: click.Context, production: str, shots: tuple[str, ...], why: str, as_json: bool
) -> None:
    """Cancel the takes of shots that wait or render.

    \b
    Example: farm cancel nike_ss27 sh010
    """
    from farm.store import desk

    settings = settings_of(ctx)
    store = store_of(settings)

    def act(code: str) -> str:
        events = desk.cancel(store, production, code, settings.user, why)
        return f"{code}: take {events[0].take} is cancelled"

    per_shot(shots, act, as_json=as_json)


@click.command()
@click.argument("production")
@click.argument("shots", nargs=-1, required=True)
@click.option("--take", type=int, help="The take that shall stand for the shot.")
@why_option
@json_option
@click.pass_context
def approve(
    ctx: click.Context,
    production: str,
    shots: tuple[str, ...],
    take: int | None,
    why: str,
    as_json: bool,
) -> None:
    """Pass shots: their selected take, or the one you name, goes into deliveries.

    \b
    Example: farm approve nike_ss27 sh010 --take 2
    """
    _review(ctx, production, shots, ReviewStatus.APPROVED, take, why, as_json=as_json)


@click.command()
@click.argument("production")
@click.argument("shots", nargs=-1, required=True)
@why_option
@json_option
@click.pass_context
def reject(
    ctx: click.Context, production: str, shots: tuple[str, ...], why: str, as_json: bool
) -> None:
    """Turn shots down; they are left out of deliveries until a retake.

    \b
    Example: farm reject nike_ss27 sh010
    """
    _review(ctx, production, shots, ReviewStatus.REJECTED, None, why, as_json=as_json)


def _review(
    ctx: click.Context,
    production: str,
    shots: tuple[str, ...],
    then: ReviewStatus,
    take: int | None,
    why: str,
    *,
    as_json: bool,
) -> None:
    from farm.store import desk

    settings = settings_of(ctx)
    store = store_of(settings)

    def act(code: str) -> str:
        desk.review(store, production, code, then, settings.user, take, why)
        return f"{code}: {then}"

    per_shot(shots, act, as_json=as_json)
