"""`lint`: what is wrong with the prompts and stills of a shot list, and how both would be better."""

from pathlib import Path

import click

from farm.cli.context import (
    Number,
    encoding_option,
    json_option,
    print_json,
    settings_of,
    sheet_option,
)
from farm.cli.display.progress import looking
from farm.operations.lint import check_length, crops_of, of_list, of_prompt
from farm.operations.workspace import source_of


@click.command()
@click.argument("shotlist", required=False, type=click.Path(path_type=Path))
@click.option("--prompt", metavar="TEXT", help="This one prompt instead of a shot list.")
@click.option(
    "--seconds", type=Number(min=0, min_open=True), help="The clip's length for --prompt."
)
@click.option("--profile", help="The model for rows that name none.")
@click.option(
    "--crops",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Draw the crops beside their originals here.",
)
@encoding_option
@sheet_option
@json_option
@click.pass_context
def lint(
    ctx: click.Context,
    shotlist: Path | None,
    prompt: str | None,
    seconds: float | None,
    profile: str | None,
    crops: Path | None,
    encoding: str | None,
    sheet: str | None,
    as_json: bool,
) -> None:
    """Look for what makes prompts and stills bad bets, before any is rendered; needs no GPU, no model.

    Exits 1 when a prompt or a still has an error or a row is bad; warnings and notes let it pass.
    Nothing is changed; --crops draws what is cut, and what had better be, for people to look at.

    \b
    Examples: farm lint shots.csv
              farm lint shots.csv --crops crops
              farm lint --prompt "a woman slowly turns her head, no text"
    """
    if (shotlist is None) == (prompt is None):
        raise click.UsageError("name a shot list, or give one prompt with --prompt")
    if seconds is not None and prompt is None:
        raise click.UsageError("--seconds goes with --prompt; a shot list has its own column")
    if crops is not None and prompt is not None:
        raise click.UsageError("--crops goes with a shot list; a prompt alone has no picture")
    settings = settings_of(ctx, profile=profile)
    if shotlist is not None:
        source = source_of(settings, encoding, sheet)
        found = of_list(settings, shotlist, source, looking(quiet=as_json))
        linted, problems = found.shots, found.problems
        for note in found.notes:
            click.echo(f"farm: {note}", err=True)
    else:
        check_length(settings, seconds)
        linted, problems = [of_prompt(settings, prompt or "", seconds)], []
    drawn = crops_of(linted, crops, settings) if crops else []
    if as_json:
        print_json({"shots": [each.as_json() for each in linted], "problems": problems})
    else:
        from farm.cli.display.lint_text import show

        show(linted, problems)
        if crops:
            click.echo(f"{len(drawn)} crops to look at are in {crops}.")
    if problems or any("error" in one.severities for one in linted):
        raise SystemExit(1)
