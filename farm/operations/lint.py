"""What is wrong with the prompts and stills of a shot list, and how both would be better."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.errors import Refused
from farm.operations.workspace import finders_of, profile_of, proposer_of

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


@dataclass(frozen=True, slots=True, kw_only=True)
class LintedList:
    """A shot list as the lint sees it."""

    shots: list[Linted]
    problems: list["Problem"]
    """What is wrong with the list itself, as `submit` tells it, in the order of its rows."""
    notes: tuple[str, ...]
    """What was guessed of the file, and which of its texts beside the prompts hold HTML."""


def of_list(
    settings: "Settings",
    path: Path,
    source: "Source",
    each: "Callable[[Sequence[ShotRow]], Iterable[ShotRow]]" = iter,
) -> LintedList:
    """Every row of a list that can be read, and what is wrong with the list. `each` goes through its rows
    and may show how far it is."""
    from farm import shotlist

    def profiles(name: str | None) -> "Profile":
        return profile_of(settings, name)

    listed = shotlist.read(path, source)
    seconds, problems = shotlist.lengths(listed, profiles)
    proposer = proposer_of(settings)
    stills = shotlist.Stills(settings.max_pixels, finders_of(settings), keep=False)
    unshared = shotlist.undivided(listed, profiles, stills)
    return LintedList(
        shots=[
            _of_row(row, seconds.get(row.code), proposer, profiles, stills)
            for row in each(listed.rows)
        ],
        problems=sorted([*listed.problems, *problems, *unshared], key=lambda problem: problem.row),
        notes=(
            *listed.notes,
            *(
                str(remark)
                for row in listed.rows
                for remark in shotlist.html_in(path.name, row)
                if remark.field != "prompt"  # told as a finding on it
            ),
        ),
    )


def of_prompt(settings: "Settings", prompt: str, seconds: float | None) -> Linted:
    """One prompt alone, for a clip of the profile's usual length where none is given."""
    frame = profile_of(settings).frame
    length = seconds or frame.default_frames / frame.fps
    return _linted(None, prompt, length, (), "", proposer_of(settings))


def check_length(settings: "Settings", seconds: float | None) -> None:
    """Raises `Refused` for seconds that the settings' profile makes no clip of."""
    try:
        profile_of(settings).frames_for(seconds)
    except ValueError as error:
        raise Refused(str(error)) from error


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
    said = "1 remark" if sum(counts) == 1 else f"{sum(counts)} remarks"
    return f"`farm lint` has {said} on {touched} of {first}{len(counts)} prompts."


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


def crops_of(linted: Sequence[Linted], folder: Path, settings: "Settings") -> list[Path]:
    """Draws each still with its crop into `folder`, to look at; the files."""
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
    from pipeline.prompts.grammar.prompt import parse
    from pipeline.prompts.propose import RULE, each_level_with

    length = seconds or prompt_lint.DEFAULT_SECONDS
    read = parse(prompt)
    made = dict(each_level_with(proposer, read, must_keep))
    second = made["L2"]
    return Linted(
        shot=shot,
        prompt=prompt,
        report=prompt_lint.lint(read, seconds=length),
        simplified={level: made[level].text for level in LEVELS},
        negative=", ".join(filter(None, [negative, second.negative])),
        better=reorder.better(read, seconds=length, must_keep=must_keep),
        proposed=second.text if any(cut.rule == RULE for cut in second.removals) else "",
    )
