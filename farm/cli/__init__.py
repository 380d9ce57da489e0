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
from farm.extras import missing
from pipeline.errors import RenderFault, ShotRejected

COMMANDS = {
    "init": "farm.cli.commands.setup",
    "check": "farm.cli.commands.setup",
    "db": "farm.cli.commands.setup",
    "lint": "farm.cli.commands.lint",
    "submit": "farm.cli.commands.submit",
    "run": "farm.cli.commands.run",
    "start": "farm.cli.commands.jobs",
    "stop": "farm.cli.commands.jobs",
    "jobs": "farm.cli.commands.jobs",
    "status": "farm.cli.commands.status",
    "shots": "farm.cli.commands.status",
    "show": "farm.cli.commands.status",
    "logs": "farm.cli.commands.logs",
    "retake": "farm.cli.commands.review",
    "cancel": "farm.cli.commands.review",
    "hold": "farm.cli.commands.hold",
    "release": "farm.cli.commands.hold",
    "priority": "farm.cli.commands.priority",
    "drain": "farm.cli.commands.nodes",
    "omit": "farm.cli.commands.hold",
    "approve": "farm.cli.commands.review",
    "reject": "farm.cli.commands.review",
    "finals": "farm.cli.commands.finals",
    "comment": "farm.cli.commands.comment",
    "desk": "farm.cli.commands.desk",
    "watch": "farm.cli.commands.desk",
    "user": "farm.cli.commands.user",
    "link": "farm.cli.commands.link",
    "deliver": "farm.cli.commands.deliver",
    "verify": "farm.cli.commands.verify",
    "reproduce": "farm.cli.commands.reproduce",
    "stale": "farm.cli.commands.stale",
    "archive": "farm.cli.commands.archive",
    "purge": "farm.cli.commands.purge",
    "sweep": "farm.cli.commands.sweep",
    "report": "farm.cli.commands.report",
    "calibrate": "farm.cli.commands.calibrate",
    "judge": "farm.cli.commands.judge",
    "gate": "farm.cli.commands.gate",
    "metrics": "farm.cli.commands.metrics",
    "weights": "farm.cli.commands.weights",
    "comfy": "farm.cli.commands.comfy",
    "dashboards": "farm.cli.commands.dashboards",
    "demo": "farm.cli.commands.demo",
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
    except ModuleNotFoundError as error:
        sentence = missing(error)
        if sentence is None:
            raise
        click.echo(f"farm: {sentence}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not complain about it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
