"""The command `farm`: each command parses, calls one function and prints.

Modules of commands are loaded when their command is asked for, so that `farm --help` answers at once.
"""

import importlib
import os
import sys
from typing import Any

import click

from farm import __version__
from farm.errors import FarmError
from pipeline.errors import RenderFault, ShotRejected

COMMANDS = {
    "init": "farm.cli.setup",
    "check": "farm.cli.setup",
    "db": "farm.cli.setup",
    "lint": "farm.cli.linting",
    "submit": "farm.cli.submitting",
    "run": "farm.cli.running",
    "start": "farm.cli.jobs",
    "stop": "farm.cli.jobs",
    "jobs": "farm.cli.jobs",
    "status": "farm.cli.reading",
    "shots": "farm.cli.reading",
    "show": "farm.cli.reading",
    "logs": "farm.cli.logs",
    "retake": "farm.cli.deciding",
    "cancel": "farm.cli.deciding",
    "hold": "farm.cli.holding",
    "release": "farm.cli.holding",
    "priority": "farm.cli.steering",
    "drain": "farm.cli.steering",
    "omit": "farm.cli.holding",
    "approve": "farm.cli.deciding",
    "reject": "farm.cli.deciding",
    "deliver": "farm.cli.delivering",
    "archive": "farm.cli.archiving",
    "purge": "farm.cli.archiving",
    "sweep": "farm.cli.sweeping",
    "report": "farm.cli.reporting",
    "calibrate": "farm.cli.calibrating",
    "metrics": "farm.cli.measuring",
    "dashboards": "farm.cli.dashboards",
    "demo": "farm.cli.demo",
}


class _Commands(click.Group):
    """Commands by name, in the order of their use, each loaded when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name)


@click.command(cls=_Commands)
@click.version_option(__version__, prog_name="farm")
@click.option("--config", type=click.Path(dir_okay=False), help="A farm.toml elsewhere.")
@click.option("--database", metavar="URL", help="The production database.")
@click.option("--media", type=click.Path(file_okay=False), help="The media root.")
@click.pass_context
def farm(ctx: click.Context, config: str | None, database: str | None, media: str | None) -> None:
    """Render image-to-video shots in batches, score every take, retake the misses.

    \b
    A day at the farm:
      farm lint shots.csv
      farm submit shots.csv --production nike_ss27
      farm run --until-idle
      farm status
      farm deliver nike_ss27 --to delivery
    """
    if config:
        os.environ["FARM_CONFIG"] = config
    ctx.obj = {"database": database, "media": media}


def main(arguments: list[str] | None = None) -> Any:
    """Runs the command line; what the farm refuses becomes one sentence and exit status 1."""
    try:
        return farm.main(arguments, prog_name="farm", standalone_mode=True)
    except (FarmError, ShotRejected, RenderFault) as refusal:
        for sentence in str(refusal).splitlines():
            click.echo(f"farm: {sentence}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not complain about it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
