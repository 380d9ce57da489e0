"""What `farm gate` found, for people: two profiles side by side, and whether one may stand in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from farm.domain.comparison import Conclusion
from farm.wording.amounts import counted

if TYPE_CHECKING:
    from farm.domain.comparison import Comparison, Side
    from farm.operations.compare_profiles import Compared


def show(found: "Compared") -> None:
    """A table of both profiles, what differs, what it cost, and what follows."""
    made = found.comparison
    click.echo(
        f"{made.stand_in.profile} against {made.exact.profile}: {counted(len(made.pairs), 'pair')} of "
        f"{counted(made.shots, 'shot')}, scored by {made.scorer}"
    )
    Console(emoji=False, width=100, highlight=False).print(_table(made))
    for line in (*_lines(made), "", _conclusion(made), f"Kept in {found.file}"):
        click.echo(line)
    for sentence in made.left_out:
        click.echo(f"farm: left out: {sentence}", err=True)


def _table(made: "Comparison") -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", min_width=18)
    for side in (made.exact, made.stand_in):
        table.add_column(side.profile, justify="right")
    pairs = len(made.pairs)
    for verdict, count in made.exact.verdicts.items():
        both = [count, made.stand_in.verdicts[verdict]]
        table.add_row(verdict.replace("_", " "), *(f"{each} ({each / pairs:.0%})" for each in both))
    table.add_row("seconds of a take", *map(_seconds, (made.exact, made.stand_in)))
    for stage, seconds in made.exact.seconds.items():
        table.add_row(f"  {stage}", f"{seconds:.2f}", f"{made.stand_in.seconds[stage]:.2f}")
    return table


def _seconds(side: "Side") -> str:
    return f"{side.take_seconds:.2f}"


def _lines(made: "Comparison") -> Iterator[str]:
    exact, stand_in = made.exact.profile, made.stand_in.profile
    yield (
        f"Accepted by {exact} alone: {made.only_exact}; by {stand_in} alone: {made.only_stand_in}"
    )
    yield f"Accepted more: {made.acceptance.in_points()}, 95 % interval of pairs"
    if made.match is not None:
        yield f"Match: {made.match:+.3f} on average"
    for code, (one, other) in made.findings.items():
        yield f"{code} of {exact} alone: {one}; of {stand_in} alone: {other}"
    ssim = f"SSIM {made.ssim.median:.3f} (lowest {made.ssim.lowest:.3f})"
    psnr = made.psnr
    told = f"PSNR {psnr.median:.1f} dB (lowest {psnr.lowest:.1f})" if psnr else "most are the same"
    yield f"Films: {told}, {ssim}; for information"
    if made.cheaper is None:
        devices = ", ".join(sorted({*made.exact.devices, *made.stand_in.devices}))
        yield f"The takes were made on different devices ({devices}): their seconds do not compare"
    else:
        yield f"A take by {exact} lasts as long as {made.cheaper:.2f} by {stand_in} (medians)"


def _conclusion(made: "Comparison") -> str:
    exact, stand_in = made.exact.profile, made.stand_in.profile
    most = f"{made.margin * 100:g} points"
    match made.conclusion:
        case Conclusion.MAY_STAND:
            return f"{stand_in} may stand for {exact}: it loses less than {most}."
        case Conclusion.MAY_NOT:
            lost = -made.acceptance.difference * 100
            return f"{stand_in} may not stand for {exact}: it loses {lost:.1f} points, more than {most}."
        case Conclusion.UNDECIDED:
            few = f"{counted(len(made.pairs), 'pair')} cannot tell a loss of {most}"
            return f"Not decided: {few}; {_more(made)}."


def _more(made: "Comparison") -> str:
    if made.pairs_needed is None:
        return "nor would a hundred times as many, came they out alike"
    per_shot = len(made.pairs) / made.shots
    shots = round(made.pairs_needed / per_shot)
    return f"about {made.pairs_needed:,} would, came they out alike ({shots:,} shots)"
