"""What a purge removes or has removed, and what stays: for people and for scripts."""

from typing import TYPE_CHECKING, Any

import click

from farm.wording.amounts import counted, size

if TYPE_CHECKING:
    from farm.operations.purge import Plan, Purged


def show(plan: "Plan") -> None:
    """Each take with its files, the sum, and what stays."""
    for each in plan.takes:
        take = each.take
        verdict = (take.verdict or "no clip").replace("_", " ")
        click.echo(
            f"{take.shot.code}  take {take.number}  {verdict}  {take.ended_at.astimezone():%d %b %Y}  "
            f"{counted(len(each.files), 'file')}, {size(each.size)}"
            f"{'  ◀ selected' if take.selected else ''}"
        )
        for file in each.files:
            click.echo(f"    {file.path}  {size(file.size)}")
    if plan.takes:
        shots = len({each.take.shot for each in plan.takes})
        click.echo(
            f"{counted(len(plan.takes), 'take')} of {counted(shots, 'shot')}, "
            f"{counted(plan.files, 'file')}: {size(plan.size)}"
        )
    else:
        click.echo("Nothing to purge.")
    for left in plan.left:
        click.echo(f"stays: {left.where}: {left.why}")


def show_removed(purged: "Purged") -> None:
    """How much went."""
    click.echo(f"{counted(purged.files, 'file')} removed, {size(purged.size)}")


def as_json(
    production: str, keep: str, plan: "Plan", purged: "Purged", *, dry_run: bool
) -> dict[str, Any]:
    """The same for scripts; `files` and `size` are of what went, or would go in a dry run."""
    went = plan if dry_run else purged
    removed = {each.take.take_id: each.files for each in purged.takes}
    return {
        "production": production,
        "keep": keep,
        "dry_run": dry_run,
        "takes": [
            {
                "shot": each.take.shot.code,
                "take": each.take.number,
                "verdict": each.take.verdict,
                "selected": each.take.selected,
                "ended_at": each.take.ended_at,
                "clip": each.take.clip,
                "sha256": each.take.sha256,
                "files": each.files,
                "size": each.size,
                "removed": removed.get(each.take.take_id) == each.files,
            }
            for each in plan.takes
        ],
        "files": went.files,
        "size": went.size,
        "left": plan.left,
        "troubles": purged.troubles,
    }
