"""`retake`, `cancel`, `approve`, `reject`: what people decide about shots."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.context import command, json_option, read_as, settings_of, store_of, why_option
from farm.cli.display.per_shot import show
from farm.domain.lifecycle import ShotState

if TYPE_CHECKING:
    from farm.operations.retake import Foretold, Retaken


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

    if not shots and not state:
        raise click.UsageError("name shots, or a state with --state; not the whole production")
    if wishes["prompt"] and wishes["simplify"]:
        raise click.UsageError("--prompt and --simplify exclude each other")
    wished = retaking.Wishes(**wishes)
    settings = settings_of(ctx)
    retaken = retaking.retake(
        settings, store_of(settings), production, shots, wished,
        state=ShotState(state) if state else None, who=settings.user, why=why, dry_run=dry_run,
    )  # fmt: skip
    show(retaken, _retaken, as_json=as_json)


def _retaken(each: "Retaken | Foretold") -> str:
    from farm.operations.retake import Foretold

    if isinstance(each, Foretold):
        return f"{each.shot}: {each.sentence}"
    old = each.instead_of
    instead = f" instead of take {old}, which waits" if old is not None else ""
    return f"{each.shot} take {each.take}{instead}: {each.why}"


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
    from farm.operations import review

    settings = settings_of(ctx)
    cancelled = review.cancel(store_of(settings), production, shots, who=settings.user, why=why)
    show(cancelled, lambda each: f"{each.shot}: take {each.take} is cancelled", as_json=as_json)


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

    A take whose file is gone from the media root is refused, and the others go through.

    A draft is passed for its still and its words alone, and never delivered: its seed makes another clip
    with the full profile. `farm finals` orders that.

    \b
    Example: farm approve nike_ss27 sh010 --take 2
    """
    from farm.domain.drafts import JUDGES
    from farm.operations import finals, review
    from farm.operations.workspace import media_at_hand

    settings = settings_of(ctx)
    store = store_of(settings)
    approved = review.approve(
        store,
        production,
        shots,
        take=take,
        media=media_at_hand(settings),
        who=settings.user,
        why=why,
    )
    if any(code in approved.done for code in finals.approved_drafts(store, production)):
        click.echo(f"{JUDGES}: {command('finals', production)}", err=True)
    show(approved, lambda code: f"{code}: approved", as_json=as_json)


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
    from farm.operations import review

    settings = settings_of(ctx)
    rejected = review.reject(store_of(settings), production, shots, who=settings.user, why=why)
    show(rejected, lambda code: f"{code}: rejected", as_json=as_json)
