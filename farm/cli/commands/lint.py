"""`lint`: what is wrong with the prompts and stills of a shot list, and how both would be better."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farm.cli.context import (
    encoding_option,
    finders_of,
    json_option,
    print_json,
    profile_of,
    proposer_of,
    settings_of,
    sheet_option,
    source_of,
)

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.domain.shot import NewShot
    from farm.operations.lint_stills import LintedStill
    from farm.shotlist import Pile, Problem, ShotRow, Source, Stills
    from pipeline.profiles.profile import Profile
    from pipeline.prompts.lint import PromptReport
    from pipeline.prompts.propose import Proposer

LEVELS = ("L1", "L2", "L3")
MOST_REMARKED = 2_000
"""Prompts that `remarks` reads at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """One prompt with all there is to say about it."""

    shot: str | None
    """None for a prompt that was given alone."""
    prompt: str
    report: "PromptReport"
    simplified: dict[str, str]
    """By level, in words of the author alone."""
    negative: str
    """The shot's negative prompt with what the prompt said it does not want."""
    better: str
    """The prompt as it might be handed in instead."""
    proposed: str = ""
    """The same by the language model, where one is set and it only cut."""
    stills: tuple["LintedStill", ...] = ()
    """The shot's picture and its alternates; none for a prompt that was given alone."""

    @property
    def severities(self) -> set[str]:
        """How grave what was found is."""
        found = [*self.report.findings, *(each for one in self.stills for each in one.findings)]
        return {each.severity for each in found}

    def as_json(self) -> dict[str, Any]:
        return {
            "shot": self.shot,
            "language": self.report.language,
            "findings": [
                {
                    "code": each.code,
                    "severity": each.severity,
                    "start": each.start,
                    "end": each.end,
                    "message": each.message,
                }
                for each in self.report.findings
            ],
            "subject": self.report.subject,
            "actions": list(self.report.actions),
            "simplified": self.simplified,
            "negative": self.negative,
            "still": self._still(),
        }

    def _still(self) -> dict[str, Any] | None:
        if not self.stills:
            return None
        first, *others = (each.as_json() for each in self.stills)
        return {**first, "alternates": others}


@click.command()
@click.argument("shotlist", required=False, type=click.Path(path_type=Path))
@click.option("--prompt", metavar="TEXT", help="This one prompt instead of a shot list.")
@click.option(
    "--seconds", type=click.FloatRange(min=0, min_open=True), help="The clip's length for --prompt."
)
@click.option("--profile", help="The model for rows that name none.")
@click.option(
    "--crops",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Draw the crops beside their originals here.",
)
@encoding_option
@sheet_option
@json_option
@click.pass_context
def lint(
    ctx: click.Context,
    shotlist: Path | None,
    prompt: str | None,
    seconds: float | None,
    profile: str | None,
    crops: Path | None,
    encoding: str | None,
    sheet: str | None,
    as_json: bool,
) -> None:
    """Look for what makes prompts and stills bad bets, before any is rendered; needs no GPU, no model.

    Exits 1 when a prompt or a still has an error or a row is bad; warnings and notes let it pass.
    Nothing is changed; --crops draws what is cut, and what had better be, for people to look at.

    \b
    Examples: farm lint shots.csv
              farm lint shots.csv --crops crops
              farm lint --prompt "a woman slowly turns her head, no text"
    """
    if (shotlist is None) == (prompt is None):
        raise click.UsageError("name a shot list, or give one prompt with --prompt")
    if seconds is not None and prompt is None:
        raise click.UsageError("--seconds goes with --prompt; a shot list has its own column")
    if crops is not None and prompt is not None:
        raise click.UsageError("--crops goes with a shot list; a prompt alone has no picture")
    settings = settings_of(ctx, profile=profile)
    if shotlist is not None:
        source = source_of(settings, encoding, sheet)
        linted, problems = of_list(settings, shotlist, source, quiet=as_json)
    else:
        linted, problems = [of_prompt(settings, prompt or "", seconds)], []
    drawn = _drawn(linted, crops, settings) if crops else []
    if as_json:
        print_json({"shots": [each.as_json() for each in linted], "problems": problems})
    else:
        from farm.cli.display.lint_text import show

        show(linted, problems)
        if crops:
            click.echo(f"{len(drawn)} crops to look at are in {crops}.")
    if problems or any("error" in one.severities for one in linted):
        raise SystemExit(1)


def of_list(
    settings: "Settings", path: Path, source: "Source", *, quiet: bool = False
) -> tuple[list[Linted], list["Problem"]]:
    """Every row of a list that can be read, and what is wrong with the list, as `submit` tells it.

    Shows progress on a terminal.
    """
    from rich.console import Console
    from rich.progress import track

    from farm import shotlist

    def profiles(name: str | None) -> "Profile":
        return profile_of(settings, name)

    listed = shotlist.read(path, source)
    for note in listed.notes:
        click.echo(f"farm: {note}", err=True)
    seconds, problems = shotlist.lengths(listed, profiles)
    proposer = proposer_of(settings)
    stills = shotlist.Stills(settings.max_pixels, finders_of(settings), keep=False)
    console = Console(stderr=True)
    rows = track(
        listed.rows, "Looking", console=console, transient=True,
        disable=quiet or not console.is_terminal,
    )  # fmt: skip
    linted = [_of_row(row, seconds.get(row.code), proposer, profiles, stills) for row in rows]
    return linted, sorted([*listed.problems, *problems], key=lambda problem: problem.row)


def of_prompt(settings: "Settings", prompt: str, seconds: float | None) -> Linted:
    """One prompt alone, for a clip of the profile's usual length where none is given."""
    frame = profile_of(settings).frame
    length = seconds or frame.default_frames / frame.fps
    return _linted(None, prompt, length, (), "", proposer_of(settings))


def remarks(shots: "Pile | Sequence[NewShot]") -> str:
    """One line on what the lint has to say about checked shots; empty where that is nothing.

    Of a very long list the first prompts alone are read: all would take longer than submitting them.
    """
    from pipeline.prompts.lint import lint as lint_prompt

    counts = [
        len(lint_prompt(each.recipe.prompt, seconds=each.recipe.frames / each.recipe.fps).findings)
        for each in islice(shots, MOST_REMARKED)
    ]
    if not any(counts):
        return ""
    touched, first = sum(map(bool, counts)), "the first " if len(shots) > len(counts) else ""
    return f"`farm lint` has {sum(counts)} remarks on {touched} of {first}{len(counts)} prompts."


def _of_row(
    row: "ShotRow",
    seconds: float | None,
    proposer: "Proposer | None",
    profiles: "Callable[[str | None], Profile]",
    stills: "Stills",
) -> Linted:
    from farm.errors import SettingsError
    from farm.operations.lint_stills import of_row

    words = _linted(row.code, row.prompt, seconds, row.must_keep, row.negative, proposer)
    try:
        profile = profiles(row.profile)
    except SettingsError:  # named as the row's problem
        return words
    return replace(words, stills=of_row(row, profile, stills))


def _drawn(linted: Sequence[Linted], folder: Path, settings: "Settings") -> list[Path]:
    from farm.operations.lint_stills import draw_crops

    folder.mkdir(parents=True, exist_ok=True)
    return [
        place
        for each in linted
        for place in draw_crops(each.shot or "", each.stills, folder, settings.max_pixels)
    ]


def _linted(
    shot: str | None,
    prompt: str,
    seconds: float | None,
    must_keep: Sequence[str],
    negative: str,
    proposer: "Proposer | None",
) -> Linted:
    from pipeline.prompts import lint as prompt_lint
    from pipeline.prompts import reorder
    from pipeline.prompts.propose import RULE, simplify_with

    length = seconds or prompt_lint.DEFAULT_SECONDS
    made = [simplify_with(proposer, prompt, level, must_keep) for level in LEVELS]
    return Linted(
        shot=shot,
        prompt=prompt,
        report=prompt_lint.lint(prompt, seconds=length),
        simplified={level: each.text for level, each in zip(LEVELS, made, strict=True)},
        negative=", ".join(filter(None, [negative, made[1].negative])),
        better=reorder.better(prompt, seconds=length, must_keep=must_keep),
        proposed=made[1].text if any(cut.rule == RULE for cut in made[1].removals) else "",
    )
