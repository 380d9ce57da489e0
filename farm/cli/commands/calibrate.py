"""`calibrate`: where the gate draws its lines, from people's approvals and rejections."""

from pathlib import Path

import click

from farm.cli.context import encoding_option, json_option, print_json, settings_of, store_of
from farm.operations.workspace import media_of


@click.command()
@click.option("--profile", help="Only this profile; with --from… the settings' own if none.")
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
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="The share of bad takes that may be accepted.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would be written.")
@encoding_option
@json_option
@click.pass_context
def calibrate(
    ctx: click.Context,
    profile: str | None,
    table: Path | None,
    encoding: str | None,
    accept_limit: float | None,
    *,
    from_swapped: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Fit the gate's lines to what people approved and rejected, for each profile and scorer.

    Takes above the upper line are accepted, those below the lower one made again; what lies between
    goes to a person. Runs that start from then on go by it. Exits 1 where nothing could be fitted.

    With --from the labels are a table of film files, whoever made them, and no database is asked: each is
    judged by the profile's scorer. Paths are read from the table's folder; `good` is yes or no.

    \b
    Examples: farm calibrate --dry-run
              farm calibrate --from-swapped --profile wan2.2-i2v-a14b
              farm calibrate --from labels.csv --profile wan2.2-i2v-a14b
    """
    from farm.cli.display import calibrations
    from farm.cli.display.progress import judging, swapping
    from farm.operations import calibrate as calibrating

    if table and from_swapped:
        raise click.UsageError("--from and --from-swapped are two sorts of labels: choose one")
    if encoding and not table:
        raise click.UsageError("--encoding goes with --from")
    settings = settings_of(ctx, accept_limit=accept_limit)
    media = media_of(settings)
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
