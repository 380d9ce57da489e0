"""What commands share: options, and settings, store and profile opened for one command."""

import json
import math
import os
import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.domain.events import LONGEST_WHY

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store

OTHERS = "farm.others"
"""Notes in a command's context that variables that are not the farm's were told: once is enough."""


def _not_too_long(_ctx: click.Context, _parameter: click.Parameter, why: str) -> str:
    if len(why) > LONGEST_WHY:
        raise click.BadParameter(f"{len(why)} characters; at most {LONGEST_WHY} are kept")
    return why


why_option = click.option(
    "--why", default="", callback=_not_too_long, help="The reason, for the shot's history."
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document instead.")

encoding_option = click.option(
    "--encoding",
    metavar="NAME",
    help="The list's encoding (gbk, big5, shift_jis, cp1252 …) if not UTF-8.",
)
sheet_option = click.option(
    "--sheet", metavar="NAME", help="The workbook's sheet, by name or number."
)


class Number(click.FloatRange):
    """A finite number in a range. `nan` is in any range of click's, since nothing is smaller or larger."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        found = super().convert(value, param, ctx)
        if not math.isfinite(found):
            self.fail(f"{value!r} is no number to count with", param, ctx)
        return found


def read_as(field: str) -> Callable[[click.Context, click.Parameter, str | None], Any]:
    """Reads an option as a shot list reads the field of that name."""

    def read(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> Any:
        from farm.shotlist import fields

        if value is None:
            return None
        try:
            return getattr(fields, field)(value)
        except fields.Wrong as wrong:
            raise click.BadParameter(str(wrong)) from wrong

    return read


def settings_of(ctx: click.Context, **options: Any) -> "Settings":
    """The settings in force for this command; `options` go before file and environment. Variables that
    begin as the farm's and are not read are told: other programs may have such, so nothing is refused."""
    from farm import config

    settings = config.load(**ctx.obj, **options)
    others = config.others()
    if others and not ctx.meta.get(OTHERS):
        ctx.meta[OTHERS] = True
        click.echo(
            f"farm: {', '.join(sorted(others))}: no setting of the farm, so not read", err=True
        )
    return settings


def store_of(settings: "Settings", *, make: bool = False) -> "Store":
    """The database, open and at the right schema; closed when the command ends. `make` is for commands
    that a farm may begin with: where there is no SQLite database yet they make one."""
    from farm.store import open_store

    store = open_store(settings.database, make=make)
    click.get_current_context().call_on_close(store.close)
    return store


def existing_store_of(settings: "Settings") -> "Store | None":
    """The database for a command that foresees what another would write, closed when it ends; None where
    there is none yet."""
    from farm.store import open_existing

    store = open_existing(settings.database)
    if store:
        click.get_current_context().call_on_close(store.close)
    return store


def command(*words: str) -> str:
    """A command of the farm as people can copy it into a shell, whatever its words hold."""
    return shlex.join([_program(), *words])


def _program() -> str:
    """How a shell finds the farm: `farm`, or where this one lies, while its environment is not active."""
    own = Path(sys.argv[0])
    if own.name != "farm" or shutil.which("farm") or not os.access(own, os.X_OK):
        return "farm"
    if own.is_relative_to(Path.cwd()):
        own = own.relative_to(Path.cwd())
    return str(own) if len(own.parts) > 1 else f"./{own}"


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
