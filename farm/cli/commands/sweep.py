"""`sweep`: what is left over, lost or abandoned in the media folder and the database."""

import click

from farm.cli.context import Number, json_option, print_json, settings_of, store_of


@click.command()
@click.option("--fix", is_flag=True, help="Repair what can be repaired.")
@click.option("--quick", is_flag=True, help="Compare sizes only, not the checksum of every clip.")
@click.option(
    "--older-than",
    type=Number(min=0),
    default=3600.0,
    show_default=True,
    help="Seconds a file must have been left alone before it is touched.",
)
@click.option(
    "--clips-lost",
    is_flag=True,
    help="The media root is the right one, though hardly any clip is in it: they are lost.",
)
@json_option
@click.pass_context
def sweep(
    ctx: click.Context, fix: bool, quick: bool, older_than: float, clips_lost: bool, as_json: bool
) -> None:
    """Name orphaned files, abandoned attempts, clips that are gone or altered, and dead runs' workers.

    Says nothing on a healthy farm. Drafts are deleted, whole clips that nobody published go to the
    media folder's `aside`, shots whose clip is gone go back to a person, workers of runs that died
    more than a day ago are forgotten; other farms' files stay. Refused where the media root has no
    folder of clips though some were published, or hardly any of them and more of others: it is not
    mounted, or another farm's.
    Exits with 1 while anything is left to repair.

    \b
    Examples: farm sweep
              farm sweep --fix
    """
    from farm.operations import sweep as sweeping

    settings = settings_of(ctx)
    store = store_of(settings)
    found: list[sweeping.Swept] = []
    for each in sweeping.sweep(
        store, sweeping.media_root(settings, store, clips_lost=clips_lost), who=settings.user,
        fix=fix, hashes=not quick, older_than=older_than, clips_lost=clips_lost,
    ):  # fmt: skip
        found.append(each)
        if not as_json:
            click.echo(f"{'fixed' if each.fixed else 'found'}  {each.code:<12}{each.sentence}")
    if as_json:
        print_json({"found": found})
    if not all(each.fixed for each in found):
        raise SystemExit(1)
