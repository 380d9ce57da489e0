"""`init`, `check`, `db`: what a farm needs before it can work."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from farm.cli.context import json_option, print_json, settings_of

if TYPE_CHECKING:
    from farm.operations.profile_checks import Check


@click.command()
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), required=False
)
@click.option(
    "--shotlist",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write an empty shot list (.xlsx or .csv) instead.",
)
def init(folder: Path, shotlist: Path | None) -> None:
    """Write a farm.toml with every setting, its default and its reason; or an empty shot list.

    \b
    Examples: farm init
              farm init --shotlist shots.xlsx
    """
    from farm.operations import setup

    if shotlist is None:
        place = setup.write_settings(folder)
        click.echo(f"{place}: every setting with its default; `farm check` says what is missing.")
        return
    place = folder / shotlist
    setup.write_empty_list(place)
    click.echo(
        f"{place}: an empty shot list; once it is filled in, look at it with "
        f"`farm lint {shlex.quote(str(place))}`."
    )


@click.command()
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    help="For a run of this one; may be repeated. Without: of the settings' own and the drafts that wait.",
)
@json_option
@click.pass_context
def check(ctx: click.Context, profiles: tuple[str, ...], as_json: bool) -> None:
    """Check configuration, database, media, ffmpeg, weights, GPU and Ray; name every problem at once.

    \b
    Example: farm check
    """
    from farm.operations.check import checks

    results = checks(settings_of(ctx), profiles)
    if as_json:
        print_json({"ok": all(result.ok for result in results), "checks": results})
    else:
        named = _named(results)
        wide = max(map(len, named))
        for name, result in zip(named, results, strict=True):
            mark = click.style("ok  ", fg="green") if result.ok else click.style("no  ", fg="red")
            click.echo(f"{mark}{name:<{wide}}  {result.message}")
    if not all(result.ok for result in results):
        raise SystemExit(1)


def _named(results: "Sequence[Check]") -> list[str]:
    """The findings' names; where several profiles were looked at each has its own with it."""
    several = any(each.of_another for each in results)
    return [
        f"{each.name} {each.profile}"
        if several and each.profile and not each.of_another
        else each.name
        for each in results
    ]


@click.group()
def db() -> None:
    """The database's schema: bring it up to date, or see where it is.

    \b
    Example: farm db upgrade
    """


@db.command()
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Bring the database to the schema of this farm; several at once do not collide.

    \b
    Example: farm --database postgresql://anna@db/farm db upgrade
    """
    from farm.operations import setup

    revision = setup.upgrade(settings_of(ctx))
    click.echo(f"The database is at schema revision {revision}.")


@db.command()
@json_option
@click.pass_context
def current(ctx: click.Context, as_json: bool) -> None:
    """The schema revision the database is at, and the one this farm needs.

    \b
    Example: farm db current
    """
    from farm.operations import setup

    has, needs = setup.revisions(settings_of(ctx))
    if as_json:
        print_json({"current": has, "needed": needs})
    else:
        click.echo(f"The database is at {has or 'no revision'}, this farm needs {needs}.")


@db.command("check")
@click.pass_context
def db_check(ctx: click.Context) -> None:
    """Whether the database's tables are what this farm expects.

    \b
    Example: farm db check
    """
    from farm.operations import setup

    setup.check_tables(settings_of(ctx))
    click.echo("The database is as this farm expects it.")
