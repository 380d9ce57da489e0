"""What a production came to, for people: figures in tables, and how far its scores can be trusted."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from farm.cli.display.calibrations import figures
from farm.domain.lifecycle import ShotState
from farm.domain.spending import Use
from farm.operations.gated import in_words
from farm.wording.amounts import counted, size

if TYPE_CHECKING:
    from farm.operations.report import Report, Trust
    from farm.store.queries.production_report import Tally


def show(console: Console, report: "Report") -> None:
    """The production, its figures in tables, how far its scores can be trusted, and which of its profiles
    were gated."""
    tally, trust = report.tally, report.trust
    console.print(f"[bold]{escape(tally.production)}[/]")
    for line in _summary(tally):
        console.print(f"  {line}", highlight=False)
    for table in _tables(tally):
        console.print()
        console.print(table)
    console.print("\n[bold]How far the match can be trusted[/]")
    if not trust:
        console.print("  no labels yet: nobody has approved or rejected a take of these profiles")
    for each in trust:
        for line in _trusted(each):
            console.print(f"  {escape(line)}", highlight=False, soft_wrap=True)
    if report.gated:
        console.print("\n[bold]Profiles that make takes cheaper[/]")
    for each in report.gated:
        console.print(f"  {escape(in_words(each))}", highlight=False, soft_wrap=True)


def _summary(tally: "Tally") -> Iterator[str]:
    states = [
        f"{count} {state.replace('_', ' ')}" for state, count in tally.states.items() if count
    ]
    yield f"{counted(tally.shots, 'shot')} submitted: {', '.join(states)}"
    passed = tally.states[ShotState.ACCEPTED] + tally.states[ShotState.APPROVED]
    if drafts := passed - tally.passed:
        yield f"{drafts} of the accepted or approved ones as a draft alone"
    lengths = [f"{shots} of {takes}" for takes, shots in tally.takes_per_shot.items()]
    yield f"{counted(tally.takes, 'take')} ordered; shots by number of takes: {', '.join(lengths)}"
    rate = tally.renders_per_passed
    yield (
        f"{tally.renders} renders, {rate:.2f} for each accepted or approved shot"
        if rate is not None
        else f"{tally.renders} renders, and no shot accepted or approved yet"
    )
    if tally.partly:
        yield f"{counted(tally.partly, 'shot')} with a take that shows only a part of what was asked for"
    if tally.purged:
        yield f"{counted(tally.purged, 'clip')} purged, {size(tally.purged_bytes)}"
    yield from _drafts(tally)
    yield from _early(tally)
    given_up = [f"{count} by {why}" for why, count in tally.failures.items()]
    if given_up:
        yield f"takes given up: {', '.join(given_up)}"
    yield (
        f"{tally.worker_seconds:.1f} s of workers in {tally.attempts} attempts; "
        f"{tally.gpu_seconds:.1f} s of finished takes on a GPU"
    )
    if tally.seconds_per_clip is not None:
        yield f"{tally.seconds_per_clip:.1f} s of workers for each accepted or approved shot"


def _drafts(tally: "Tally") -> Iterator[str]:
    """How often a draft told the truth."""
    found = tally.drafts
    if not found.drafts:
        return
    of = f"{found.accepted} of {found.finals} finals" if found.finals else "no final yet"
    rate = f" ({found.accepted / found.finals:.0%})" if found.finals else ""
    told = f"{of} accepted at the first take{rate}" if found.finals else of
    yield f"{counted(found.drafts, 'draft')} made; of those approved, {told}"


def _early(tally: "Tally") -> Iterator[str]:
    """What ending takes early spared, and whether what was rendered on says that it is right to."""
    found = tally.early
    if not found.looked:
        return
    yield (
        f"{counted(found.looked, 'unfinished take')} looked at, {found.ended} ended early: "
        f"{counted(found.steps_spared, 'step')} spared, about {found.seconds_spared:.1f} s of workers"
    )
    if found.audits or found.good_audits:
        yield (
            f"{counted(found.audits, 'take')} below the line rendered on to see: {found.audits_good} good "
            f"after all, of {counted(found.good_audits, 'good audit')}"
        )


def _tables(tally: "Tally") -> Iterator[Table]:
    verdicts = _table("verdict", "takes", "share")
    for verdict, count in tally.verdicts.items():
        share = f"{count / tally.renders:.0%}" if tally.renders else "·"
        verdicts.add_row(verdict.replace("_", " "), str(count or "·"), share)
    yield verdicts
    rungs = _table("rung", "takes", "accepted", "partly", "stand for a passed shot")
    for rung in tally.rungs:
        name = "first, or by hand" if rung.rung == 0 else f"rung {rung.rung}"
        counts = (rung.made, rung.accepted, rung.partly, rung.delivered)
        rungs.add_row(name, *map(str, counts))
    yield rungs
    stages = _table("stage", "seconds", "share")
    whole = sum(tally.stages.values())
    for name, seconds in tally.stages.items():
        stages.add_row(name, f"{seconds:.1f}", f"{seconds / whole:.0%}" if whole else "·")
    yield stages
    if tally.spent:
        yield _costs(tally)


def _costs(tally: "Tally") -> Table:
    """Seconds of workers by profile, and what came of them: one below the other, so that nothing is cut."""
    costs = _table("workers of", "seconds", "share")
    for each in tally.spent:
        devices = f" on {', '.join(each.devices)}" if each.devices else ""
        costs.add_row(escape(f"{each.profile}{devices}"), f"{each.seconds:.1f}", "")
        for use in Use:
            if seconds := each.uses[use]:
                costs.add_row(f"  {use}", f"{seconds:.1f}", f"{seconds / each.seconds:.0%}")
        if each.seconds_per_clip is not None:
            clips = counted(each.clips, "clip")
            costs.add_row(f"  per clip, of {clips}", f"{each.seconds_per_clip:.1f}", "")
    return costs


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first, min_width=18)
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def _trusted(trust: "Trust") -> Iterator[str]:
    from pipeline.scoring.accuracy import BINS

    yield (
        f"{trust.profile} by {trust.scorer}: {trust.labels} labels ({trust.approved} approvals, "
        f"{trust.labels - trust.approved} rejections), {trust.here} of them of this production"
    )
    if trust.accuracy is None:
        yield "  too few for figures: they take an approval and a rejection, of two shots"
        return
    yield f"  {figures(trust.accuracy)}"
    yield f"  95 % intervals, by shots drawn again; ECE over {BINS} bins; chances by curves of other shots"
