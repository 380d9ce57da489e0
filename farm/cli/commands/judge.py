"""`judge`: what a profile's scorer says of any film file, without a farm."""

from pathlib import Path

import click

from farm.cli.context import json_option, print_json, settings_of

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("clips", nargs=-1, required=True, type=FILE, metavar="CLIP…")
@click.option("--prompt", required=True, metavar="TEXT", help="What the clips are to show.")
@click.option(
    "--still", type=FILE, help="The picture that they began with; the first frame if none."
)
@click.option("--profile", help="Whose scorer judges; the settings' own if none.")
@click.option("--csv", "as_csv", is_flag=True, help="A table instead, which `calibrate` reads.")
@json_option
@click.pass_context
def judge(
    ctx: click.Context,
    clips: tuple[Path, ...],
    prompt: str,
    still: Path | None,
    profile: str | None,
    *,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Ask a profile's scorer about film files, whoever made them: no farm, no database, no Ray.

    Tells the match, every question with its answer, what is missed, and what the gate would say to the
    match alone. Exits 1 unless all clips would be accepted. With --csv there is a row for each clip: fill
    in its column `good` with yes or no, and `farm calibrate --from` draws the lines by it.

    \b
    Examples: farm judge take1.mp4 take2.mp4 --prompt "the cup turns, then steam rises"
              farm judge *.mp4 --prompt "杯子慢慢旋转" --still cup.png --profile wan2.2-i2v-a14b
    """
    from farm.cli.display import judgements
    from farm.cli.display.progress import judging
    from farm.operations import judge as operation

    if as_csv and as_json:
        raise click.UsageError("--csv and --json are two ways to print: choose one")
    if not prompt.strip():
        raise click.UsageError("--prompt says nothing: tell what the clips are to show")
    each = judging(quiet=as_json or as_csv)
    told = operation.films(
        settings_of(ctx), clips, prompt.strip(), still=still, profile=profile, each=each
    )
    if as_json:
        print_json(told.as_json())
    elif as_csv:
        judgements.show_table(told)
    else:
        judgements.show(told)
    judgements.show_problems(told)
    if not told.passed:
        raise SystemExit(1)
