"""What became of a shot list that was handed in, or would: for people and for scripts."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import click

from farm.cli.context import command
from farm.cli.display import changes as table_of_changes
from farm.domain.drafts import JUDGES
from farm.wording import changes
from farm.wording.amounts import counted

if TYPE_CHECKING:
    from farm.domain.shot import NewShot
    from farm.operations.submit import Submission
    from farm.shotlist import Pile
    from pipeline.findings import Finding

UNTOLD = "nothing is omitted while rows are bad: a row that cannot be read may be the shot that is missed"
OF_ONES_OWN = (
    "; to try the way of pictures of your own, submit them with --no-decline: each is rendered once and "
    "handed to a person; for films worth looking at name another --profile"
)
MOST_HTML = 20
"""Texts with HTML that are named; of more only how many there are."""
MOST_NAMED = 3
"""Shots that are named before one sentence on all of them."""


def as_json(submission: "Submission") -> dict[str, Any]:
    """The same for scripts."""
    intake, ready = submission.intake, submission.ready
    return {
        "production": submission.production,
        "dry_run": submission.dry_run,
        "added": intake.added,
        "unchanged": intake.unchanged,
        "differing": intake.differing,
        **changes.as_json(intake),
        "ready": [shot.code for shot in ready],
        "problems": submission.problems,
        "html": submission.html,
        "findings": {shot.code: shot.findings for shot in ready if shot.findings},
        "lint": submission.remarks,
    }


def show(submission: "Submission", usual: Collection[str] = ()) -> None:
    """What there is to say of its stills, its bad rows and its changes, and how many of each there are.

    `usual` are the profiles whose takes a run makes that names none.
    """
    _show_findings(submission.ready)
    for remark in submission.html[:MOST_HTML]:
        click.echo(f"farm: {remark}", err=True)
    if (more := len(submission.html) - MOST_HTML) > 0:
        click.echo(f"farm: and {counted(more, 'text')} more with HTML", err=True)
    for problem in submission.problems:
        click.echo(f"farm: {problem}", err=True)
    table_of_changes.show(submission.intake, submission.production)
    click.echo(_outcome(submission))
    if submission.remarks:
        click.echo(submission.remarks)
    if drafts := {shot.recipe.profile for shot in submission.ready if shot.draft_for is not None}:
        alone = [] if drafts.isdisjoint(usual) else [command("run")]
        others = [command("run", "--profile", each) for each in sorted(drafts.difference(usual))]
        runs = ", ".join([*alone, *others])
        click.echo(f"Drafts of new and changed shots are made by {runs}; {JUDGES}.")
    if submission.problems:
        _show_bad_rows(submission)
    if submission.toys:
        what = f"The profile {', '.join(submission.toys)} is a toy: it knows coloured shapes only"
        click.echo(f"{what}{'' if submission.no_decline else OF_ONES_OWN}.")


def show_left(submission: "Submission") -> None:
    """What is not as the list wants it, each with its remedy, on standard error."""
    for sentence in changes.sentences(
        submission.intake, submission.asked, submission.production, submission.shotlist.name
    ):
        click.echo(f"farm: {sentence}", err=True)
    if submission.problems and submission.asked.omit_missing:
        click.echo(f"farm: {UNTOLD}", err=True)


def _outcome(submission: "Submission") -> str:
    told = changes.counted(submission.intake, foreseen=submission.dry_run)
    if not submission.dry_run:
        return f"{submission.production}: {told}."
    count = len(submission.ready)
    ready = f"{counted(count, 'shot')} {'is' if count == 1 else 'are'} ready"
    return f"{ready} for {submission.production}: {told}; nothing was written."


def _show_bad_rows(submission: "Submission") -> None:
    rows = len({problem.row for problem in submission.problems})
    strict = submission.asked.strict
    them = "it" if rows == 1 else "them"
    rest = "nothing was taken in" if strict else f"mend {them} and submit the list again"
    bad = f"{counted(rows, 'row')} {'is' if rows == 1 else 'are'} bad"
    click.echo(f"farm: {bad}: {rest}", err=True)


def _show_findings(shots: "Pile | Sequence[NewShot]") -> None:
    """Each sentence once, after the first shots that it is about."""
    first: dict[str, list[str]] = {}
    counts = Counter[str]()
    for shot in shots:
        for finding in filter(_is_for_now, shot.findings):
            counts[finding.message] += 1
            if counts[finding.message] <= MOST_NAMED:
                first.setdefault(finding.message, []).append(shot.code)
    for message, codes in first.items():
        rest = counts[message] - len(codes)
        named = ", ".join(codes) + (f" and {rest:,} more" if rest else "")
        click.echo(f"{named}: {message}")


def _is_for_now(finding: "Finding") -> bool:
    """Notes are kept with the shot, and told by `lint` and `show`."""
    return finding.severity != "info"
