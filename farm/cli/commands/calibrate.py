"""`calibrate`: where the gate draws its lines, from people's approvals and rejections; where takes may be
ended early, from takes that were looked at."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from farm.cli.context import Number, encoding_option, json_option, print_json, settings_of, store_of
from farm.operations.workspace import media_of

if TYPE_CHECKING:
    from farm.config import Settings
    from pipeline.storage.protocol import Media


@click.command()
@click.argument("productions", nargs=-1, metavar="[PRODUCTION]...")
@click.option(
    "--profile", help="Only this profile; with --from… and --early the settings' own if none."
)
@click.option(
    "--early",
    is_flag=True,
    help="Find below which match takes may be ended early, by those of these productions or of all.",
)
@click.option(
    "--from",
    "table",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A CSV of film files instead of the farm's own takes: clip, prompt, good and maybe still.",
)
@click.option(
    "--from-swapped",
    is_flag=True,
    help="Before there are labels: by what the scorer says of other shots' prompts.",
)
@click.option(
    "--limit",
    "accept_limit",
    type=Number(0, 1, min_open=True, max_open=True),
    help="The share of bad takes that may be accepted.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be written.")
@encoding_option
@json_option
@click.pass_context
def calibrate(
    ctx: click.Context,
    productions: tuple[str, ...],
    profile: str | None,
    table: Path | None,
    encoding: str | None,
    accept_limit: float | None,
    *,
    early: bool,
    from_swapped: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Fit the gate's lines to what people approved and rejected, for each profile and scorer.

    Takes above the upper line are accepted, those below the lower one made again; what lies between
    goes to a person. Runs that start from then on go by it. Exits 1 where nothing could be fitted.

    With --from the labels are a table of film files, whoever made them, and no database is asked: each is
    judged by the profile's scorer. Paths are read from the table's folder; `good` is yes or no.

    With --early it is about takes in the middle: of those that a profile with `[early] mode = "shadow"`
    looked at, it finds the match below which at most 5 % of the good ones lie. Mode "live" ends takes by
    that.

    \b
    Examples: farm calibrate --dry-run
              farm calibrate --from-swapped --profile wan2.2-i2v-a14b
              farm calibrate --from labels.csv --profile wan2.2-i2v-a14b
              farm calibrate --early nike_ss27 acme_q1
    """
    from farm.cli.display import calibrations
    from farm.cli.display.progress import judging, swapping
    from farm.operations import calibrate as calibrating

    if early and (table or from_swapped or accept_limit is not None):
        raise click.UsageError("--early has labels and a limit of its own: give it alone")
    if productions and not early:
        raise click.UsageError("productions go with --early")
    if table and from_swapped:
        raise click.UsageError("--from and --from-swapped are two sorts of labels: choose one")
    if encoding and not table:
        raise click.UsageError("--encoding goes with --from")
    settings = settings_of(ctx, accept_limit=accept_limit)
    media = media_of(settings)
    if early:
        _early(settings, media, productions, profile, dry_run=dry_run, as_json=as_json)
        return
    if table:
        told = [
            calibrating.from_file(
                settings,
                media,
                table,
                profile,
                encoding=encoding,
                dry_run=dry_run,
                each=judging(quiet=as_json),
                on_note=lambda note: click.echo(f"farm: {note}", err=True),
            )
        ]
    elif from_swapped:
        told = [
            calibrating.from_swapped(
                settings,
                store_of(settings),
                media,
                profile,
                dry_run=dry_run,
                each=swapping(quiet=as_json),
                on_apart=None if as_json else calibrations.show_apart,
            )
        ]
    else:
        told = calibrating.from_labels(
            settings, store_of(settings), media, profile, dry_run=dry_run
        )
    if as_json:
        print_json({"calibrations": told, "dry_run": dry_run})
    else:
        calibrations.show(told)
    if not any(each.calibration for each in told):
        raise SystemExit(1)


def _early(
    settings: "Settings",
    media: "Media",
    productions: tuple[str, ...],
    profile: str | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    from farm.cli.display import calibrations
    from farm.operations import calibrate_early

    told = calibrate_early.from_looks(
        settings, store_of(settings), media, productions, profile, dry_run=dry_run
    )
    if as_json:
        print_json({"early": told, "dry_run": dry_run})
    else:
        calibrations.show_early(told)
    if told.record is None:
        raise SystemExit(1)
