"""Calibrations, for people: where the lines are drawn now, what they rest on, or why nothing is changed."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from farm.operations.calibrate import Told
    from farm.operations.calibrate_early import ToldEarly
    from pipeline.scoring.accuracy import Accuracy, Figure
    from pipeline.scoring.calibration import Calibration


def show(told: "Sequence[Told]") -> None:
    """A few lines on each profile and scorer; on standard error where nothing was fitted."""
    for each in told:
        for line in _lines(each):
            click.echo(line, err=each.calibration is None)


def show_early(told: "ToldEarly") -> None:
    """Where takes may be ended early, and what that spares; on standard error where nothing was found."""
    others = (
        f"; {told.others} more {'says' if told.others == 1 else 'say'} nothing of this"
        if told.others
        else ""
    )
    if (made := told.record) is None:
        click.echo(
            f"farm: {told.profile} by {told.scorer}: {told.why_not}{others}; nothing is changed",
            err=True,
        )
        return
    click.echo(
        f"{told.profile} by {told.scorer}, from {made.takes} takes, {made.good} of them good{others}"
    )
    click.echo(
        f"  ended early   below {made.threshold:.3f}, {made.kind.step} steps below the boundary"
    )
    click.echo(
        f"  good ones     {made.good_ended} of {made.good} lie below: at most {made.bound:.1%} of all, "
        "with 95 % confidence"
    )
    click.echo(
        f"  spared        {made.steps_spared} of {made.steps} steps ({made.share_spared:.0%}), "
        f"{made.seconds_spared:.0f} s"
    )
    click.echo(f"  kept in {told.file}" if told.file else "  not written: this is a dry run")


def show_apart(what: str, figure: "Figure | None") -> None:
    """How well a scorer tells a shot's own still or clip from another's."""
    if figure is None:
        click.echo(f"{what}: nothing to compare yet")
        return
    click.echo(
        f"{what}: its own scores above another shot's in {figure.value:.0%} of the cases "
        f"({figure.low:.0%} … {figure.high:.0%})"
    )


def _lines(told: "Told") -> Iterator[str]:
    made = told.calibration
    if made is None:
        yield f"farm: {told.profile} by {told.scorer}: {told.why_not}; nothing is changed"
        return
    yield f"{told.profile} by {told.scorer}, from {_source(made)}"
    yield f"  accepted      from {made.zones.accept:.3f}"
    if made.zones.retake < made.zones.accept:
        yield f"  for a person  from {made.zones.retake:.3f}"
    yield f"  made again    below {made.zones.retake:.3f}"
    if made.accuracy:
        yield f"  {figures(made.accuracy)}"
    yield f"  kept in {told.file}" if told.file else "  not written: this is a dry run"


def _source(made: "Calibration") -> str:
    if made.curve is None:
        return f"{made.bad} swapped prompts, of which at most {made.limit:.0%} would be accepted"
    return (
        f"{made.good} approvals and {made.bad} rejections ({made.curve.method}), at most "
        f"{made.limit:.0%} bad among the accepted"
    )


def figures(accuracy: "Accuracy") -> str:
    """Brier, ECE and AUROC on one line, with their intervals and what they rest on."""
    told = ", ".join(
        f"{name} {figure.value:.3f} ({figure.low:.3f} … {figure.high:.3f})"
        for name, figure in (
            ("Brier", accuracy.brier),
            ("ECE", accuracy.ece),
            ("AUROC", accuracy.auroc),
        )
    )
    return f"{told}; {accuracy.labels} labels of {accuracy.shots} shots"
