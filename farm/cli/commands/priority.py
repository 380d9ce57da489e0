"""`priority`, `drain`: what goes first, and where nothing goes any more."""

import click

from farm.cli.context import json_option, per_shot, print_json, settings_of, store_of, why_option


@click.command()
@click.argument("production")
@click.argument("shots", nargs=-1)
@click.option("--to", "priority", type=int, help="The shots' new priority: higher goes first.")
@click.option(
    "--weight",
    type=click.FloatRange(min=0, min_open=True),
    help="The production's share of the workers, against the weights of the others (1).",
)
@why_option
@json_option
@click.pass_context
def priority(
    ctx: click.Context,
    production: str,
    shots: tuple[str, ...],
    priority: int | None,
    weight: float | None,
    why: str,
    as_json: bool,
) -> None:
    """Put shots earlier or later in their production, or give the production more of the workers.

    \b
    Examples: farm priority nike_ss27 sh010 sh020 --to 9
              farm priority nike_ss27 --weight 3
    """
    from farm.store.shots import priorities

    if (priority is None) == (weight is None) or bool(shots) != (priority is not None):
        raise click.UsageError("give shots and --to N, or a production and --weight W")
    settings = settings_of(ctx)
    store = store_of(settings)
    if weight is not None:
        priorities.set_weight(store, production, weight, settings.user, why)
        if as_json:
            print_json({"production": production, "weight": weight})
        else:
            click.echo(f"{production}: weight {weight:g}")
        return

    def act(code: str) -> str:
        assert priority is not None
        priorities.set_priority(store, production, code, priority, settings.user, why)
        return f"{code}: priority {priority}"

    per_shot(shots, act, as_json=as_json)


@click.command()
@click.argument("node")
@click.option("--end", is_flag=True, help="Give the machine takes again.")
@why_option
@json_option
@click.pass_context
def drain(ctx: click.Context, node: str, end: bool, why: str, as_json: bool) -> None:
    """Give a machine no more takes; what it renders it finishes. `farm status` shows the machines.

    Runs hear of it within a few seconds. A machine that Ray drains, or that a spot notice takes away, is
    treated the same without this command.

    \b
    Examples: farm drain node7 --why "new disks"
              farm drain node7 --end
    """
    from farm.store import workers

    settings = settings_of(ctx)
    act = workers.undrain if end else workers.drain
    act(store_of(settings), node, settings.user, why)
    if as_json:
        print_json({"node": node, "drained": not end})
    else:
        click.echo(f"{node}: {'gets takes again' if end else 'drained'}")
