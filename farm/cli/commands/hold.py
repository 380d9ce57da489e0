"""`hold`, `release`, `omit`: what stops shots for now or for good, and lets them go on."""

import click

from farm.cli.context import json_option, settings_of, store_of, why_option
from farm.cli.display.per_shot import show


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
    from farm.operations import hold as holding

    settings = settings_of(ctx)
    held = holding.hold(store_of(settings), production, shots, who=settings.user, why=why)
    show(held, lambda code: f"{code}: on hold", as_json=as_json)


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
    from farm.operations import hold as holding

    settings = settings_of(ctx)
    store = store_of(settings)
    released = holding.release(settings, store, production, shots, who=settings.user, why=why)
    show(released, lambda code: f"{code}: released", as_json=as_json)


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
    from farm.operations import hold as holding

    settings = settings_of(ctx)
    omitted = holding.omit(store_of(settings), production, shots, who=settings.user, why=why)
    show(omitted, lambda code: f"{code}: omitted", as_json=as_json)
