"""`init`, `check`, `db`: what a farm needs before it can work."""

import shlex
from pathlib import Path

import click

from farm.cli.context import json_option, print_json, settings_of
from farm.errors import FarmError, Refused


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
    from farm import config

    if shotlist is not None:
        _write_list(folder / shotlist)
        return

    place = folder / config.FILE
    if place.exists():
        raise Refused(f"{place} is there already; move it away to have a new one")
    folder.mkdir(parents=True, exist_ok=True)
    place.write_text(config.template(), encoding="utf-8")
    click.echo(f"{place}: every setting with its default; `farm check` says what is missing.")


def _write_list(place: Path) -> None:
    from farm.shotlist.formats import blank

    if place.exists():
        raise Refused(f"{place} is there already; name another file, or move it away")
    place.parent.mkdir(parents=True, exist_ok=True)
    blank.write(place)
    click.echo(
        f"{place}: an empty shot list; once it is filled in, look at it with "
        f"`farm lint {shlex.quote(str(place))}`."
    )


@click.command()
@json_option
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Check configuration, database, media, ffmpeg, weights, GPU and Ray; name every problem at once.

    \b
    Example: farm check
    """
    from farm.operations.check import checks

    results = checks(settings_of(ctx))
    if as_json:
        print_json({"ok": all(result.ok for result in results), "checks": results})
    else:
        for result in results:
            mark = click.style("ok  ", fg="green") if result.ok else click.style("no  ", fg="red")
            click.echo(f"{mark}{result.name:<10}{result.message}")
    if not all(result.ok for result in results):
        raise SystemExit(1)


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
    from farm.store import migrate

    revision = migrate(settings_of(ctx).database)
    click.echo(f"The database is at schema revision {revision}.")


@db.command()
@json_option
@click.pass_context
def current(ctx: click.Context, as_json: bool) -> None:
    """The schema revision the database is at, and the one this farm needs.

    \b
    Example: farm db current
    """
    from farm.store import revisions

    has, needs = revisions(settings_of(ctx).database)
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
    from farm.store import schema, session

    with session.visit(settings_of(ctx).database) as engine:
        found = schema.differences(engine)
    if found:
        raise FarmError("the database differs: " + "; ".join(found))
    click.echo("The database is as this farm expects it.")
