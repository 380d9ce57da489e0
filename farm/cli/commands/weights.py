"""`weights prepare` and `weights verify`: what a profile runs, made once and held against its checksums."""

import dataclasses

import click

from farm.cli.context import json_option, print_json, settings_of


@click.group()
def weights() -> None:
    """A profile's weights: make them into what it runs, or hold them against their checksums.

    \b
    Example: farm weights prepare wan2.2-i2v-a14b-fast
    """


@weights.command()
@click.argument("profile", required=False)
@json_option
@click.pass_context
def prepare(ctx: click.Context, profile: str | None, as_json: bool) -> None:
    """Write what PROFILE runs (its precisions, its LoRAs fused) below the folder of weights, once.

    Workers then read a half to a quarter of the published files, and quantise nothing. What is broken off
    goes on where it was.

    \b
    Example: farm weights prepare wan2.2-i2v-a14b-24gb
    """
    from rich.filesize import decimal

    from farm.cli.display.progress import writing
    from farm.operations import weights as operation

    with writing("Preparing weights", quiet=as_json) as told:
        made = operation.prepare(settings_of(ctx), profile, told)
    if as_json:
        print_json(dataclasses.asdict(made))
    elif made.source is None:
        click.echo(f"{made.place} is there already, {decimal(made.bytes)}.")
    else:
        click.echo(
            f"{made.place}: {decimal(made.bytes)}, made of {made.source}. Machines that have this folder "
            f"need no other of {made.profile}'s model."
        )


@weights.command()
@click.argument("profile", required=False)
@json_option
@click.pass_context
def verify(ctx: click.Context, profile: str | None, as_json: bool) -> None:
    """Read the weights of PROFILE and say what is wrong with them; exits with 1 if anything is.

    \b
    Example: farm weights verify wan2.2-i2v-a14b
    """
    from farm.cli.display.progress import writing
    from farm.operations import weights as operation

    with writing("Reading weights", quiet=as_json) as told:
        found = operation.verify(settings_of(ctx), profile, told)
    if as_json:
        print_json({"ok": not found.problems, **dataclasses.asdict(found)})
    else:
        for problem in found.problems:
            click.echo(f"farm: {problem}", err=True)
        if not found.problems:
            read = f"{found.files} files read" if found.files else "no checksums are known of it"
            click.echo(f"{found.place} is whole: {read}.")
    if found.problems:
        raise SystemExit(1)
