"""`hold`, `release`, `omit`: what stops shots for now or for good, and lets them go on."""

from typing import TYPE_CHECKING

import click

from farm.cli.context import json_option, per_shot, settings_of, store_of, why_option
from farm.domain.lifecycle import ReviewStatus, ShotState
from farm.errors import Refused
from farm.operations.workspace import profile_of

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.domain.decision import Decision, History


@click.command()
@click.argument("production")
@click.argument("shots", nargs=-1)
@why_option
@json_option
@click.pass_context
def hold(
    ctx: click.Context, production: str, shots: tuple[str, ...], why: str, as_json: bool
) -> None:
    """Keep shots from being rendered until they are released; without names, all that wait or render.

    A render that is under way ends in peace; what follows it waits.

    \b
    Examples: farm hold nike_ss27 --why "the client thinks it over"
              farm hold nike_ss27 sh010 sh020
    """
    from farm.store.shots import holds, in_review

    settings = settings_of(ctx)
    store = store_of(settings)
    if not shots:
        open_ones = (ShotState.WAITING, ShotState.RENDERING)
        found = in_review.find(store, production)
        shots = tuple(
            each.name.code
            for each in found
            if each.state in open_ones and each.review is ReviewStatus.PENDING
        )
        if not shots:
            raise Refused(f"{production} has no shot that waits or renders: nothing to hold")

    def act(code: str) -> str:
        holds.hold(store, production, code, settings.user, why)
        return f"{code}: on hold"

    per_shot(shots, act, as_json=as_json)


@click.command()
@click.argument("production")
@click.argument("shots", nargs=-1)
@why_option
@json_option
@click.pass_context
def release(
    ctx: click.Context, production: str, shots: tuple[str, ...], why: str, as_json: bool
) -> None:
    """Let held or omitted shots go on where they were; without names, all that are on hold.

    \b
    Examples: farm release nike_ss27
              farm release nike_ss27 sh010
    """
    from farm.store.shots import holds, in_review

    settings = settings_of(ctx)
    store = store_of(settings)
    if not shots:
        held = in_review.find(store, production, state=ShotState.ON_HOLD)
        shots = tuple(each.name.code for each in held)
        if not shots:
            raise Refused(f"{production} has no shot on hold: nothing to release")

    def decide(history: "History") -> "Decision":
        return _decide(settings, history)

    def act(code: str) -> str:
        holds.release(store, production, code, decide, settings.user, why)
        return f"{code}: released"

    per_shot(shots, act, as_json=as_json)


def _decide(settings: "Settings", history: "History") -> "Decision":
    """The gate's word, by the profile that the latest take was made with."""
    from farm.domain import gate

    return gate.decide(history, profile_of(settings, history.takes[-1].recipe.profile))


@click.command()
@click.argument("production")
@click.argument("shots", nargs=-1, required=True)
@why_option
@json_option
@click.pass_context
def omit(
    ctx: click.Context, production: str, shots: tuple[str, ...], why: str, as_json: bool
) -> None:
    """Drop shots from their production: what waits or renders is cancelled, nothing is delivered.

    \b
    Example: farm omit nike_ss27 sh040 --why "cut from the film"
    """
    from farm.store.shots import holds

    settings = settings_of(ctx)
    store = store_of(settings)

    def act(code: str) -> str:
        holds.omit(store, production, code, settings.user, why)
        return f"{code}: omitted"

    per_shot(shots, act, as_json=as_json)
