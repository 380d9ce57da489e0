"""`calibrate`: where the gate draws its lines, from people's approvals and rejections."""

import click

from farm.cli.context import json_option, print_json, settings_of, store_of
from farm.operations.workspace import media_of


@click.command()
@click.option("--profile", help="Only this profile; with --from-swapped the settings' own if none.")
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
@json_option
@click.pass_context
def calibrate(
    ctx: click.Context,
    profile: str | None,
    accept_limit: float | None,
    *,
    from_swapped: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Fit the gate's lines to what people approved and rejected, for each profile and scorer.

    Takes above the upper line are accepted, those below the lower one made again; what lies between
    goes to a person. Runs that start from then on go by it. Exits 1 where nothing could be fitted.

    \b
    Examples: farm calibrate --dry-run
              farm calibrate --from-swapped --profile wan2.2-i2v-a14b
    """
    from farm.cli.display import calibrations
    from farm.cli.display.progress import swapping
    from farm.operations import calibrate as calibrating

    settings = settings_of(ctx, accept_limit=accept_limit)
    store = store_of(settings)
    media = media_of(settings)
    if from_swapped:
        told = [
            calibrating.from_swapped(
                settings,
                store,
                media,
                profile,
                dry_run=dry_run,
                each=swapping(quiet=as_json),
                on_apart=None if as_json else calibrations.show_apart,
            )
        ]
    else:
        told = calibrating.from_labels(settings, store, media, profile, dry_run=dry_run)
    if as_json:
        print_json({"calibrations": told, "dry_run": dry_run})
    else:
        calibrations.show(told)
    if not any(each.calibration for each in told):
        raise SystemExit(1)
