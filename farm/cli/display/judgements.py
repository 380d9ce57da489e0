"""What a scorer says of film files, for people: the verdict first, then each question with its answer."""

import csv
import io
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from farm.cli.display.story import show_judgement
from pipeline.result import Verdict

if TYPE_CHECKING:
    from farm.operations.judge import Judged, Judgement

COLUMNS = (
    "clip", "prompt", "still", "good", "score", "verdict", "still_prompt", "clip_prompt", "clip_still",
    "misses", "note",
)  # fmt: skip
_COLOURS = {
    Verdict.ACCEPTED: "green",
    Verdict.LOW_MATCH: "yellow",
    Verdict.UNSCORED: "red",
    Verdict.BAD_CLIP: "red",
}


def show(told: "Judgement") -> None:
    """Each film that could be looked at, and by whom it was judged."""
    console = Console(emoji=False)
    for each in told.clips:
        if each.match and each.verdict:
            _show_film(console, each, each.verdict)
    lines = "a calibration" if told.calibrated else "the profile's threshold"
    console.print(
        f"[dim]judged by {escape(told.scorer)} of {told.profile}; accepted from {told.zones.accept:.3f} "
        f"({lines})[/]",
        soft_wrap=True,
    )


def show_problems(told: "Judgement") -> None:
    """Why films could not be looked at, on standard error."""
    for each in told.clips:
        if each.problem:
            click.echo(f"farm: {each.problem}", err=True)


def show_table(told: "Judgement") -> None:
    """CSV with a row for each film, in which a person fills in whether it is good."""
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for each in told.clips:
        match = each.match
        writer.writerow(
            {
                "clip": each.clip,
                "prompt": told.prompt,
                "still": told.still or "",
                "score": _number(match.score if match else None),
                "verdict": each.verdict or "",
                "still_prompt": _number(match.still_prompt if match else None),
                "clip_prompt": _number(match.clip_prompt if match else None),
                "clip_still": _number(match.clip_still if match else None),
                "misses": "; ".join(miss.message for miss in each.misses),
                "note": each.problem or (match.note if match else ""),
            }
        )
    click.echo(table.getvalue(), nl=False)


def _show_film(console: Console, film: "Judged", verdict: Verdict) -> None:
    match = film.match
    assert match is not None
    score = "" if match.score is None else f"  match {match.score:.2f}"
    told = f"[{_COLOURS[verdict]}]{verdict.replace('_', ' ')}[/]"
    console.print(f"[bold]{escape(film.clip)}[/]  {told}{score}", soft_wrap=True)
    misses = [asdict(miss) for miss in film.misses]
    show_judgement(console, {"misses": misses, "match": match.as_dict()})


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
