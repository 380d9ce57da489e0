"""The options of `deliver` that ask for more than copies."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from farm.delivery.plan import Plan

F = TypeVar("F", bound=Callable[..., Any])


def _target(
    _ctx: click.Context, parameter: click.Parameter, value: str | None
) -> Path | str | None:
    """A URL as it is, or a folder."""
    if value is None or "://" in value:
        return value
    return click.Path(path_type=Path, file_okay=False).convert(value, parameter, _ctx)


to_option = click.option(
    "--to", metavar="FOLDER", callback=_target,
    help="The folder, or a URL that fsspec knows: s3://bucket/folder, ftp://…, sftp://….",
)  # fmt: skip

_OPTIONS = (
    click.option("--otio", is_flag=True, help="A timeline as OpenTimelineIO, with what is known of takes."),
    click.option("--edl", is_flag=True, help="A timeline as CMX3600 EDL."),
    click.option("--xml", is_flag=True, help="A timeline as Final Cut Pro 7 XML."),
    click.option("--fps", metavar="24|25|29.97|30", help="Conform clips to this rate."),
    click.option(
        "--conform", metavar="repeat|blend|motion|speed",
        help="With --fps, how: frames shown again, mixed, drawn by their motion, or each once and faster.",
    ),
    click.option(
        "--mezzanine", metavar="dnxhr_hq|prores_422|prores_hq", help="Films that need no decoding to edit."
    ),
    click.option(
        "--media-root", metavar="PATH", help="The delivered folder on the editor's machine, for timelines."
    ),
    click.option(
        "--order", type=click.Path(path_type=Path, dir_okay=False),
        help="A file with one shot a line: the order of the timeline.",
    ),
    click.option(
        "--handles", type=int, default=0, metavar="N",
        help="Frames at each end of every clip that timelines leave to the editor.",
    ),
    click.option("--variant", metavar="NAME", help="Deliver into a folder of that name below --to."),
    click.option(
        "--sheet", type=click.Choice(["png", "pdf", "both"]),
        help="The contact sheet: a picture to look at, pages of A4 to print.  [default: both]",
    ),
)  # fmt: skip


def edit_options(command: F) -> F:
    """Adds the options to a command, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def plan_of(asked: dict[str, Any]) -> "tuple[Plan, Sequence[str] | None]":
    """What the options ask for, and the order of shots. Raises `Refused`."""
    from farm.delivery.plan import Plan
    from farm.operations.cut import read_order

    order = asked.pop("order")
    asked["sheet"] = asked["sheet"] or "both"
    return Plan(**asked), None if order is None else read_order(order)
