"""Hands in a shot list: its rows checked, their stills prepared, and the production brought to it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from farm.domain.drafts import other_profile
from farm.errors import Refused
from farm.operations.finals import draft_profile
from farm.operations.lint import remarks
from farm.operations.workspace import finders_of, profile_of

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.domain.changes import Asked
    from farm.domain.shot import NewShot
    from farm.shotlist import Pile, Problem, ShotRow, Source, Stream
    from farm.store import Store
    from farm.store.shots.intake import Intake
    from pipeline.profiles.profile import Profile

    Rows = Callable[[Stream], Iterable[ShotRow | Problem]]
    """Goes through the rows of a list, and may show how far it is and what was noted of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A list that was handed in, or might be."""

    shotlist: Path
    production: str
    asked: "Asked"
    no_decline: bool
    dry_run: bool
    """Nothing was written."""
    ready: "Pile | Sequence[NewShot]"
    """The shots of its good rows; none where one row is bad and all or nothing was asked for."""
    problems: Sequence["Problem"]
    """What is wrong with the other rows, in their order."""
    html: Sequence["Problem"]
    """The texts of good rows that hold HTML."""
    intake: "Intake"
    """What became of the shots, or would."""
    remarks: str
    """One line on what the lint has to say about the prompts; empty where that is nothing."""
    toys: Sequence[str]
    """The profiles among those of the shots that know coloured shapes only."""

    @property
    def whole(self) -> bool:
        """Whether the production is now as the list wants it."""
        return not self.problems and self.intake.whole


def submit(
    settings: "Settings",
    store: "Store | None",
    shotlist: Path,
    production: str,
    source: "Source",
    *,
    asked: "Asked",
    who: str,
    no_decline: bool = False,
    draft: bool = False,
    dry_run: bool = False,
    each: "Rows | None" = None,
) -> Submission:
    """Takes the good rows of a shot list into their production, and does to the shots that are there what
    is asked for.

    `source` says how the list is to be read, and where its pictures are kept: nowhere in a dry run, which
    needs no store either. `no_decline` renders shots once whose still cannot serve their prompt; `draft`
    makes drafts of what is taken in or made anew. Raises `Refused`, `SettingsError` and `ShotListError`.
    """
    from farm.shotlist import Problem, html_in

    check_name(production)
    html = list["Problem"]()

    def noted(listed: "Stream") -> "Iterator[ShotRow | Problem]":
        for row in each(listed) if each else listed.rows:
            if not isinstance(row, Problem):
                html.extend(html_in(shotlist.name, row))
            yield row

    shots, problems = prepared(
        settings, shotlist, production, source, no_decline=no_decline, draft=draft, each=noted
    )
    ready = () if asked.strict and problems else shots
    if store is None or dry_run:
        intake = foreseen(store, production, ready, asked=asked, whole=not problems)
    else:
        intake = taken_in(
            store, production, ready, who,
            asked=asked, shotlist=str(shotlist.absolute()), whole=not problems,
        )  # fmt: skip
    return Submission(
        shotlist=shotlist,
        production=production,
        asked=asked,
        no_decline=no_decline,
        dry_run=dry_run,
        ready=ready,
        problems=problems,
        html=html,
        intake=intake,
        remarks=remarks(ready),
        toys=_toys_among(settings, ready),
    )


def check_name(production: str) -> None:
    """Raises `Refused` for what cannot name a production."""
    if not re.fullmatch(r"\w[\w.-]{0,63}", production):
        raise Refused(
            f"{production!r} cannot name a production: letters, digits, _ . and - only, "
            "at most 64 of them, since it becomes the name of a folder"
        )


def prepared(
    settings: "Settings",
    path: Path,
    production: str,
    source: "Source",
    *,
    no_decline: bool = False,
    draft: bool = False,
    each: "Rows | None" = None,
) -> tuple["Pile", list["Problem"]]:
    """A shot list as checked shots with prepared stills, and its problems in the order of its rows."""
    from farm import shotlist

    shots, problems = shotlist.Pile(), list["Problem"]()
    as_draft = as_drafts(settings) if draft else lambda shot: shot

    def profiles(name: str | None) -> "Profile":
        full = profile_of(settings, name)
        if draft:  # a row that cannot be drafted is named, and the others are taken in
            draft_profile(settings, full)
        return full

    def rows(listed: "Stream") -> "Iterable[ShotRow | Problem]":
        return _with_a_profile(settings, each(listed) if each else listed.rows)

    for one in checked(settings, path, production, source, profiles, each=rows):
        if isinstance(one, shotlist.Problem):
            problems.append(one)
        else:
            shots.put(as_draft(replace(one, no_decline=no_decline)))
    return shots, sorted(problems, key=lambda problem: problem.row)


def as_drafts(settings: "Settings") -> "Callable[[NewShot], NewShot]":
    """Makes drafts of shots as their rows have them. Raises `SettingsError` where no profile is for it."""

    @cache
    def profiles(name: str) -> "tuple[Profile, Profile]":
        full = profile_of(settings, name)
        return full, draft_profile(settings, full)

    def as_draft(shot: "NewShot") -> "NewShot":
        full, draft = profiles(shot.recipe.profile)
        return replace(shot, recipe=other_profile(shot.recipe, full, draft), draft_for=full.name)

    return as_draft


def checked(
    settings: "Settings",
    path: Path,
    production: str,
    source: "Source",
    profiles: "Callable[[str | None], Profile]",
    *,
    each: "Rows | None" = None,
) -> "Iterator[NewShot | Problem]":
    """The shots of a list and what is wrong with its other rows, one by one, while they are asked for.

    `profiles` gives the profile of the name in a row, None where it has none. Raises as `submit` does.
    """
    from farm import shotlist

    listed = shotlist.stream(path, source)
    return shotlist.prepare(
        path.name,
        each(listed) if each else listed.rows,
        production,
        profiles,
        source.media,
        max_pixels=settings.max_pixels,
        finders=finders_of(settings),
    )


def _with_a_profile(
    settings: "Settings", rows: "Iterable[ShotRow | Problem]"
) -> "Iterator[ShotRow | Problem]":
    """The rows. Raises `SettingsError`, once, where one names no profile and the settings' own is none:
    that is nothing that its author could mend."""
    from farm import shotlist

    asked = False
    for row in rows:
        if not asked and not isinstance(row, shotlist.Problem) and row.profile is None:
            profile_of(settings)
            asked = True
        yield row


def taken_in(
    store: "Store",
    production: str,
    shots: "Pile | Sequence[NewShot]",
    who: str,
    *,
    asked: "Asked | None" = None,
    shotlist: str = "",
    whole: bool = True,
) -> "Intake":
    """Writes the shots to the database, once, and does with others what is asked."""
    from farm.store.shots import intake

    return intake.submit(
        store, production, shots, who=who, asked=asked, shotlist=shotlist, whole=whole
    )


def foreseen(
    store: "Store | None",
    production: str,
    shots: "Pile | Sequence[NewShot]",
    *,
    asked: "Asked",
    whole: bool,
) -> "Intake":
    """What `taken_in` would do; without a store everything is new."""
    from farm.store.shots import intake

    if store is None:
        for code in asked.renames:
            raise Refused(f"{production} has no shot {code} to rename; it has no shots yet")
        return intake.Intake(tuple(shot.code for shot in shots), (), ())
    return intake.foresee(store, production, shots, asked=asked, whole=whole)


def _toys_among(settings: "Settings", shots: "Pile | Sequence[NewShot]") -> list[str]:
    from pipeline.models.weights import BUILTIN

    names = {shot.recipe.profile for shot in shots}
    return sorted(
        each for each in names if profile_of(settings, each).model.weights.startswith(BUILTIN)
    )
