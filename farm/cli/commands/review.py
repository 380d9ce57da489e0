"""`retake`, `cancel`, `approve`, `reject`: what people decide about shots."""

from pathlib import Path
from typing import Any

import click

from farm.cli.context import json_option, per_shot, read_as, settings_of, store_of, why_option
from farm.domain.lifecycle import ReviewStatus, ShotState
from farm.errors import Refused


@click.command()
@click.argument("production")
@click.argument("shots", nargs=-1)
@click.option(
    "--state",
    type=click.Choice([state.value for state in ShotState]),
    help="All shots in this state.",
)
@click.option("--prompt", callback=read_as("prompt"), help="Another prompt.")
@click.option("--simplify", type=click.Choice(["L1", "L2", "L3"]), help="Simplify the prompt.")
@click.option("--cfg", type=float, help="Guidance of the high-noise expert, at most 10.")
@click.option("--image", type=click.Path(path_type=Path), help="Another start picture.")
@click.option("--seed", type=click.IntRange(min=0, max=2**63 - 1), help="Another seed.")
@click.option(
    "--seconds", callback=read_as("seconds"), metavar="SECONDS", help="Another length of the clip."
)
@click.option(
    "--negative",
    callback=read_as("negative"),
    help='What the shot must not show, beside what the profile says; "" for nothing.',
)
@click.option(
    "--aspect", callback=read_as("aspect"), metavar="W:H", help="Another aspect, such as 16:9."
)
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

    A take that still waits is replaced, one that renders is let be. A shot whose machines failed is
    rendered again as it was.

    \b
    Examples: farm retake nike_ss27 --state failed
              farm retake nike_ss27 sh010 sh020 --simplify L3 --cfg 7
              farm retake nike_ss27 sh010 --seconds 3 --negative "rain, people"
    """
    from farm.operations import retake as retaking
    from farm.store.shots import in_review, review

    if not shots and not state:
        raise click.UsageError("name shots, or a state with --state; not the whole production")
    if wishes["prompt"] and wishes["simplify"]:
        raise click.UsageError("--prompt and --simplify exclude each other")
    _check_prompt(wishes["prompt"])
    settings = settings_of(ctx)
    store = store_of(settings)
    found = in_review.find(store, production, shots, ShotState(state) if state else None)
    if not found:
        raise Refused(f"{production} has no such shots in state {state}: nothing to retake")

    by_code = {each.name.code: each for each in found}

    def act(code: str) -> str:
        shot = by_code[code]
        if dry_run and not any(value is not None for value in wishes.values()):
            return f"{code}: {retaking.foretold(settings, store, shot)}"
        plan = retaking.plan(settings, store, shot, wishes, dry_run=dry_run)
        if not dry_run:
            review.retake(store, production, code, plan.step_for, settings.user, why, plan.written)
        return f"{code} take {shot.number + 1}{retaking.instead_of(shot)}: {plan.step.why}"

    per_shot(tuple(by_code), act, as_json=as_json)


def _check_prompt(prompt: str | None) -> None:
    """What no shot list may ask for, no retake may. Raises `Refused`."""
    from pipeline.prompts.lint import placeholder

    if prompt is not None and (found := placeholder(prompt)):
        raise Refused(f"--prompt: {found.message}")


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
    from farm.store.shots import review

    settings = settings_of(ctx)
    store = store_of(settings)

    def act(code: str) -> str:
        events = review.cancel(store, production, code, settings.user, why)
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
    from farm.store.shots import review

    settings = settings_of(ctx)
    store = store_of(settings)

    def act(code: str) -> str:
        review.review(store, production, code, then, settings.user, take, why)
        return f"{code}: {then}"

    per_shot(shots, act, as_json=as_json)
