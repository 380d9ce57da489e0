"""`demo`: the packaged production, from its shot list to finished clips, with embedded defaults."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from farm.cli.context import command, store_of
from farm.demo import LETTERED, PRODUCTION
from farm.domain.lifecycle import ShotState

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.operations.run_summary import Summary
    from farm.store import Store
    from farm.store.queries.overview import ShotStatus


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    help="Where its database and media go.",
)
@click.option("--workers", type=int, default=2, show_default=True, help="Workers at once.")
@click.option("--cluster", type=click.Choice(["ray", "inline"]), default="ray", show_default=True)
def demo(folder: Path, workers: int, cluster: str) -> None:
    """Render the packaged demo production with SQLite, a local Ray and the toy model.

    A second time nothing is rendered again.

    \b
    Example: farm demo
    """
    from farm.operations.demo import settings_in

    started = time.monotonic()
    folder = folder.absolute()
    settings = settings_in(folder, workers=workers, cluster=cluster)
    store = store_of(settings, make=True)
    _submit(settings, store)
    _draft(settings, store)
    summary = _render(settings, store)
    _tell(settings, store, summary, folder, time.monotonic() - started)


def _submit(settings: "Settings", store: "Store") -> None:
    from farm.cli.display.progress import preparing
    from farm.operations.demo import submit

    intake = submit(settings, store, each=preparing(quiet=False))
    click.echo(f"{len(intake.added)} shots submitted, {len(intake.unchanged)} there already.")


def _draft(settings: "Settings", store: "Store") -> None:
    """One shot goes the way of drafts: a cheap take, a person's approval, its final."""
    from farm.cli.commands.run import render
    from farm.operations import demo as playing

    drafts = playing.of_drafts(settings)
    if not playing.is_done(store, drafts.profile):
        click.echo("One shot is drafted first, in half the steps.")
        render(drafts, store, until_idle=True)
    for each in playing.follow_draft(settings, store).done:
        click.echo(
            f"The draft of {each.shot} is approved, and its final ordered: take {each.take}."
        )


def _render(settings: "Settings", store: "Store") -> "Summary | None":
    from farm.cli.commands.run import render
    from farm.operations.demo import is_done, profiles_of

    profiles = profiles_of(settings)
    if is_done(store, *profiles):
        return None
    click.echo(
        "A tiny Wan2.2, trained on coloured shapes, renders the shots, and a tiny CLIP scores them. "
        "What does not show what its prompt says is made again, simpler and with more guidance. Two show a "
        "product with its name on it, which must stay what it is."
    )
    return render(settings, store, until_idle=True, profiles=profiles)


def _tell(
    settings: "Settings", store: "Store", summary: "Summary | None", folder: Path, seconds: float
) -> None:
    from farm.cli.display.shots import show_shots
    from farm.operations.deliver import contact_sheet
    from farm.operations.status import shots_status
    from farm.operations.workspace import media_at_hand

    shots = shots_status(settings, store, PRODUCTION).shots
    show_shots(PRODUCTION, shots)
    sheet = contact_sheet(settings, store, PRODUCTION, folder / "contact_sheet.png")
    rendered = f"{summary.made} takes rendered" if summary else "nothing to render"
    click.echo(f"\n{rendered} in {seconds:.0f} s.")
    if summary and summary.dashboard:
        click.echo(f"The Ray dashboard was at {summary.dashboard} while it ran.")
    click.echo(f"Clips          {media_at_hand(settings).where(f'clips/{PRODUCTION}')}")
    click.echo(f"Contact sheet  {sheet}")
    click.echo(f"Database       {settings.database}")
    if how := _look_closer(settings, shots):
        click.echo(f"Look closer:   {how}")
    for code in LETTERED:
        click.echo(f"A label:       {command(*_where(settings), 'show', PRODUCTION, code)}")
    click.echo(f"Decide:        {command(*_where(settings), 'desk')}")
    if summary and (summary.failed or summary.stopped):
        raise SystemExit(1)


def _look_closer(settings: "Settings", shots: "Sequence[ShotStatus]") -> str | None:
    """The command that shows the first shot that needs a person, wherever it is typed."""
    doubtful = [shot.code for shot in shots if shot.state is ShotState.NEEDS_REVIEW]
    if not doubtful:
        return None
    return command(*_where(settings), "show", PRODUCTION, doubtful[0])


def _where(settings: "Settings") -> list[str]:
    """What leads any command to the demo's farm."""
    return ["--database", settings.database, "--media", str(settings.media)]
