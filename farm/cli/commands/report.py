"""`report`: what a production came to, and how far its scores can be trusted."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from farm.cli.context import json_option, print_json, settings_of, store_of
from farm.cli.display.amounts import counted, size
from farm.errors import Refused

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from farm.store import Store
    from farm.store.queries.production_report import Tally
    from pipeline.scoring.accuracy import Accuracy


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How well one scorer's match agrees with people, by all they judged of a profile."""

    profile: str
    scorer: str
    labels: int
    """Takes that people judged, in any production."""
    approved: int
    here: int
    """Those of them that are of this production."""
    accuracy: "Accuracy | None"
    """Of chances that each label had no part in; None where the labels cannot tell."""


@click.command()
@click.argument("production")
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="Also as a page in this file."
)
@json_option
@click.pass_context
def report(ctx: click.Context, production: str, html: Path | None, as_json: bool) -> None:
    """What a production came to: shots, takes, verdicts, seconds, and how far the scores can be trusted.

    \b
    Example: farm report nike_ss27 --html nike_ss27.html
    """
    from rich.console import Console

    from farm.store.queries import production_report

    store = store_of(settings_of(ctx))
    tally = production_report.tally(store, production)
    trust = trust_in(store, tally)
    if as_json:
        print_json({"report": tally, "trust": trust})
    else:
        _show(Console(), tally, trust)
    if html is not None:
        page = Console(record=True, width=100, file=io.StringIO())
        _show(page, tally, trust)
        try:
            page.save_html(str(html))
        except OSError as error:
            raise Refused(f"{html}: the page cannot be written ({error.strerror})") from error


def trust_in(store: "Store", tally: "Tally") -> list[Trust]:
    """How far each scorer of a production's profiles can be trusted, by what people judged."""
    from farm.cli.commands.calibrate import by_scorer
    from farm.store.queries import labels
    from pipeline.scoring import calibration

    judged = [take for take in labels.judged(store) if take.profile in tally.profiles]
    found: list[Trust] = []
    for (profile, scorer), words in by_scorer(judged).items():
        here = [
            take
            for take in judged
            if (take.profile, take.scorer) == (profile, scorer)
            and take.production == tally.production
        ]
        found.append(
            Trust(
                profile=profile,
                scorer=scorer,
                labels=len(words),
                approved=sum(label.good for label in words),
                here=len(here),
                accuracy=calibration.figures(words),
            )
        )
    return found


def _show(console: "Console", tally: "Tally", trust: Sequence[Trust]) -> None:
    from rich.markup import escape

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


def _summary(tally: "Tally") -> Iterator[str]:
    states = [
        f"{count} {state.replace('_', ' ')}" for state, count in tally.states.items() if count
    ]
    yield f"{tally.shots} shots submitted: {', '.join(states)}"
    lengths = [f"{shots} of {takes}" for takes, shots in tally.takes_per_shot.items()]
    yield f"{tally.takes} takes ordered; shots by number of takes: {', '.join(lengths)}"
    rate = tally.renders_per_passed
    yield (
        f"{tally.renders} renders, {rate:.2f} for each accepted or approved shot"
        if rate is not None
        else f"{tally.renders} renders, and no shot accepted or approved yet"
    )
    if tally.purged:
        yield f"{counted(tally.purged, 'clip')} purged, {size(tally.purged_bytes)}"
    given_up = [f"{count} by {why}" for why, count in tally.failures.items()]
    if given_up:
        yield f"takes given up: {', '.join(given_up)}"
    yield (
        f"{tally.worker_seconds:.1f} s of workers in {tally.attempts} attempts; "
        f"{tally.gpu_seconds:.1f} s of finished takes on a GPU"
    )


def _tables(tally: "Tally") -> "Iterator[Table]":
    verdicts = _table("verdict", "takes", "share")
    for verdict, count in tally.verdicts.items():
        share = f"{count / tally.renders:.0%}" if tally.renders else "·"
        verdicts.add_row(verdict.replace("_", " "), str(count or "·"), share)
    yield verdicts
    rungs = _table("rung", "takes", "accepted", "stand for a passed shot")
    for rung in tally.rungs:
        name = "first, or by hand" if rung.rung == 0 else f"rung {rung.rung}"
        rungs.add_row(name, str(rung.made), str(rung.accepted), str(rung.delivered))
    yield rungs
    stages = _table("stage", "seconds", "share")
    whole = sum(tally.stages.values())
    for name, seconds in tally.stages.items():
        stages.add_row(name, f"{seconds:.1f}", f"{seconds / whole:.0%}" if whole else "·")
    yield stages


def _table(first: str, *numbers: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first, min_width=18)
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def _trusted(trust: Trust) -> Iterator[str]:
    from farm.cli.commands.calibrate import figures
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
