"""`priority`: what goes first."""

import click

from farm.cli.context import Number, json_option, print_json, settings_of, store_of, why_option
from farm.cli.display.per_shot import show


@click.command()
@click.argument("production")
@click.argument("shots", nargs=-1)
@click.option(
    "--to", "priority", type=int, help="The shots' new priority, -100 to 100: higher goes first."
)
@click.option(
    "--weight",
    type=Number(min=0, min_open=True),
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
    from farm.operations import priority as priorities

    if (priority is None) == (weight is None) or bool(shots) != (priority is not None):
        raise click.UsageError("give shots and --to N, or a production and --weight W")
    settings = settings_of(ctx)
    store = store_of(settings)
    if priority is not None:
        put = priorities.set_priority(
            store, production, shots, priority, who=settings.user, why=why
        )
        show(put, lambda code: f"{code}: priority {priority}", as_json=as_json)
        return
    assert weight is not None
    priorities.set_weight(store, production, weight, who=settings.user, why=why)
    if as_json:
        print_json({"production": production, "weight": weight})
    else:
        click.echo(f"{production}: weight {weight:g}")
