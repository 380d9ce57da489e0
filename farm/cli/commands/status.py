"""`status`, `shots`, `show`: what the database knows, as tables or JSON."""

import click

from farm.cli.context import json_option, print_json, settings_of, store_of
from farm.domain.lifecycle import ShotState


@click.command()
@click.argument("production", required=False)
@click.option("--all", "every", is_flag=True, help="Archived productions, too.")
@json_option
@click.pass_context
def status(ctx: click.Context, production: str | None, every: bool, as_json: bool) -> None:
    """How every production stands, or one, and when it will be done; which workers there are, and what
    keeps them from work.

    \b
    Example: farm status nike_ss27
    """
    from farm.cli.display.standing import show_status, show_workers
    from farm.operations.status import farm_status

    settings = settings_of(ctx)
    found = farm_status(settings, store_of(settings), production, archived=every)
    if as_json:
        print_json(
            {
                "productions": found.productions,
                "archived": found.archived,
                "queue": found.queue,
                "workers": found.workers,
                "drained": found.drained,
                "fleet": found.headcount.as_dict(),
                "forecast": {
                    each.name: found.forecast.get(each.name) for each in found.productions
                },
            }
        )
    else:
        show_status(found.productions, found.queue, found.forecast, found.left_out, found.usual)
        show_workers(found.workers, found.drained, found.headcount)


@click.command()
@click.argument("production")
@click.option(
    "--state",
    type=click.Choice([state.value for state in ShotState]),
    help="Only shots in this state.",
)
@json_option
@click.pass_context
def shots(ctx: click.Context, production: str, state: str | None, as_json: bool) -> None:
    """Every shot of a production: takes, match, verdict, seconds; and when all will be done.

    \b
    Example: farm shots nike_ss27 --state needs_review
    """
    from farm.cli.display.shots import show_shots
    from farm.cli.display.standing import show_forecast
    from farm.operations.status import shots_status

    settings = settings_of(ctx)
    found = shots_status(
        settings, store_of(settings), production, ShotState(state) if state else None
    )
    if as_json:
        print_json({"production": production, "shots": found.shots, "forecast": found.forecast})
    else:
        show_shots(production, found.shots)
        show_forecast(production, found.forecast)


@click.command()
@click.argument("production")
@click.argument("shot")
@json_option
@click.pass_context
def show(ctx: click.Context, production: str, shot: str, as_json: bool) -> None:
    """The whole story of one shot: its takes, why each was made, who did what and when.

    \b
    Example: farm show nike_ss27 sh010
    """
    from farm.cli.display.story import show_story
    from farm.store.queries import shot_story

    told = shot_story.tell(store_of(settings_of(ctx)), production, shot)
    if as_json:
        print_json(told)
    else:
        show_story(told)
