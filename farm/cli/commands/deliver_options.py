"""The options of `deliver` that ask for more than copies."""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from farm.delivery.plan import Plan
    from farm.domain.label_decision import LabelDecision

_OF_URLS = "abfss?|adl|az|ftps?|gc?s|hdfs|https?|memory|oci|oss|s3a?|sftp|smb|ssh|webdavs?"
_TORN_URL = re.compile(rf"(?:([a-z][a-z0-9+.-]+):/|({_OF_URLS}):)", re.IGNORECASE)
_TORN_FILE = re.compile(r"(?:file|local):", re.IGNORECASE)
_WINDOWS = re.compile(r"(?P<drive>[a-z]):|\\\\", re.IGNORECASE)

F = TypeVar("F", bound=Callable[..., Any])


def _target(
    _ctx: click.Context, parameter: click.Parameter, value: str | None
) -> Path | str | None:
    """A URL as it is, or a folder; what was meant as neither would become a folder of that name here."""
    if value is None or "://" in value:
        return value
    if not value.strip():
        raise click.BadParameter("it is empty: name a folder, or say . for the one you are in")
    if not os.path.exists(value):  # unlike `Path.exists` it raises nothing
        if torn := _TORN_FILE.match(value):
            raise click.BadParameter(
                f"{value!r} is no URL: name the folder by its path alone: {value[torn.end() :] or '.'}"
            )
        if torn := _TORN_URL.match(value):
            whole = f"{torn[1] or torn[2]}://{value[torn.end() :]}"
            raise click.BadParameter(
                f"{value!r} is no URL: two slashes go behind its colon: {whole}"
            )
        if found := _WINDOWS.match(value):
            raise click.BadParameter(
                f"{value} is a path of Windows: name the folder as this machine sees it, such as "
                f"/mnt/{(found['drive'] or 'nas').lower()}/…; --media-root takes the editor's"
            )
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
_LABELS = (
    click.option(
        "--label", type=click.Choice(["zh", "en", "none"]),
        help="The same films with a visible label, too, in the folder label_zh or label_en; `none` notes "
        "in the log who decided that there is none.",
    ),
    click.option("--label-waived-by", metavar="NAME", default="", help="With --label none: who decided."),
    click.option(
        "--label-waived-for", metavar="NAME", default="",
        help="With --label none: who takes the films, and the duty to label them.",
    ),
    click.option(
        "--no-recipe", is_flag=True, help="Leave prompts and recipes out of all that is delivered."
    ),
    click.option(
        "--comfy", is_flag=True,
        help="Put a graph into each film: dropped on a ComfyUI canvas, it opens.",
    ),
)  # fmt: skip


def edit_options(command: F) -> F:
    """Adds the options to a command, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def label_options(command: F) -> F:
    """Adds the options on labels and on what a client is told."""
    for option in reversed(_LABELS):
        command = option(command)
    return command


def decision_of(asked: dict[str, Any]) -> "LabelDecision":
    """What was decided on a visible label; it is taken out of `asked`. Raises `Refused`."""
    from farm.domain.label_decision import LabelDecision

    return LabelDecision(
        asked=asked.pop("label") or "",
        waived_by=asked.pop("label_waived_by"),
        waived_for=asked.pop("label_waived_for"),
    )


def plan_of(asked: dict[str, Any]) -> "tuple[Plan, Sequence[str] | None]":
    """What the options ask for, and the order of shots. Raises `Refused`."""
    from farm.delivery.plan import Plan
    from farm.operations.cut import read_order

    order = asked.pop("order")
    asked["sheet"] = asked["sheet"] or "both"
    return Plan(**asked), None if order is None else read_order(order)
