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
    from farm.cli.display import tables
    from farm.operations.outlook import when_done
    from farm.store import workers
    from farm.store.queries import overview, queued

    settings = settings_of(ctx)
    store = store_of(settings)
    found = overview.productions(store, production)
    standing = [each for each in found if every or production or not each.archived]
    left_out = [each.name for each in found if each not in standing]
    queue = queued.queue(store)
    seen, drained = workers.workers(store), workers.drained(store)
    ranges = when_done(settings, store)
    if as_json:
        print_json(
            {
                "productions": standing,
                "archived": [each.name for each in found if each.archived],
                "queue": queue,
                "workers": seen,
                "drained": drained,
                "forecast": {each.name: ranges.get(each.name) for each in standing},
            }
        )
    else:
        tables.show_status(standing, queue, ranges, left_out)
        tables.show_workers(seen, drained)


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
    from farm.cli.display import tables
    from farm.operations.outlook import when_done
    from farm.store.queries import overview

    settings = settings_of(ctx)
    store = store_of(settings)
    found = overview.shots(store, production, ShotState(state) if state else None)
    done = when_done(settings, store).get(production)
    if as_json:
        print_json({"production": production, "shots": found, "forecast": done})
    else:
        tables.show_shots(production, found)
        tables.show_forecast(production, done)


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
    from farm.cli.display import tables
    from farm.store.queries import shot_history

    told = shot_history.tell(store_of(settings_of(ctx)), production, shot)
    if as_json:
        print_json(told)
    else:
        tables.show_story(told)
