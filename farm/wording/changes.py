"""What a list changes, for people: what comes of each field, and a sentence for all that is left."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from farm.domain.changes import REMAKES, Asked, Change, Follows
from farm.wording import amounts

if TYPE_CHECKING:
    from farm.store.shots.intake import Intake
    from farm.store.shots.revising import Revision

NOTHING = "(empty)"
GONE = "(not in the list)"
OWN = {
    "seconds": "(the profile's)",
    "seed": "(the farm's)",
    "aspect": "(the picture's)",
}
"""What stands where nobody said anything."""
MOST_NAMED = 10
"""Shots that a sentence names."""


def shown(field: str, before: Any, after: Any) -> str:
    """Both values of a field on one line."""
    return " → ".join(_pair(field, before, after))


def as_json(intake: "Intake") -> dict[str, Any]:
    """The same for scripts."""
    return {
        "changes": [
            {
                "shot": each.shot,
                "field": change.field,
                "before": change.before,
                "after": change.after,
                "applied": change in each.applied,
                "follows": _follows(each, change),
            }
            for each in intake.revisions
            for change in each.changes
        ],
        "changed": intake.changed,
        "missing": intake.missing,
        "omitted": intake.gone,
        "renamed": intake.renamed,
        "twins": intake.twins,
        "alike": intake.alike,
        "omitted_before": intake.omitted,
    }


def sentences(intake: "Intake", asked: Asked, production: str, name: str) -> Iterator[str]:
    """What is not as the list wants it, each with its remedy."""
    if intake.refused:
        yield f"nothing of {name} was taken in, since not all of it can be: see the table"
    left = [each for each in intake.revisions if each.left]
    waiting = [each.shot for each in left if _asks(each) == "update"]
    approved = [each.shot for each in left if _asks(each) == "reopen"]
    if waiting and not asked.update:
        yield f"{_named(waiting)}: other than in {name}, and left so; --update applies the table"
    if approved:
        how = "--reopen" if asked.update else "--update --reopen"
        yield f"{_named(approved)}: approved, and left so; {how} makes another take all the same"
    for code in intake.omitted:
        release = f"farm release {shlex.join([production, code])}"
        yield f"{code}: omitted, though {name} has it; `{release}` brings it back"
    if intake.missing:
        yield f"{_named(intake.missing)}: no longer in {name}, and left; --omit-missing drops them"
    for code, old in intake.twins.items():
        yield (
            f"{code}: not added, since it looks like {old}, which {name} no longer has; "
            f"--rename {shlex.quote(f'{old}={code}')} keeps its takes, "
            f"--omit-missing takes {code} in its place"
        )
    if intake.alike:
        news, olds = list(intake.alike), list(intake.alike.values())
        yield (
            f"{_named(news)}: new, with picture and prompt of {_named(olds)}; if they are there twice "
            "now, `farm omit` drops one"
        )


def counted(intake: "Intake", *, foreseen: bool) -> str:
    """How many of each on one line."""
    new = len(intake.added)
    parts = [f"{new:,} would be added" if foreseen else f"{amounts.counted(new, 'shot')} added"]
    for codes, words in (
        (intake.unchanged, "there already"),
        (intake.changed, "changed"),
        (intake.renamed, "renamed"),
        (intake.gone, "omitted"),
        (intake.differing, "there already but different"),
        (intake.missing, "no longer in the list"),
        (intake.twins, "perhaps renamed"),
        (intake.omitted, "omitted before"),
    ):
        if codes:
            parts.append(f"{len(codes)} {words}")
    return ", ".join(parts)


def rows(intake: "Intake", production: str) -> Iterator[tuple[str, str, str, str]]:
    """Shot, field, before and after, and what comes of it."""
    for before, after in intake.renamed.items():
        yield after, "shot", f"{before} → {after}", "its takes and its history stay with it"
    for each in intake.revisions:
        told = ""
        for number, change in enumerate(each.changes):
            code = each.shot if number == 0 else ""
            then = _then(each, change)
            cell, told = ("" if then == told else then), then
            yield (
                code,
                change.field,
                shown(change.field, change.before, change.after),
                cell,
            )
    for code in intake.gone:
        yield code, "shot", f"{code} → {GONE}", "omitted; what waits or runs is cancelled"
    for code in intake.missing:
        yield code, "shot", f"{code} → {GONE}", "with --omit-missing: omitted"
    for code, old in intake.twins.items():
        yield code, "shot", f"{old}? → {code}", f"looks like {old}; not added"
    for code in intake.omitted:
        yield code, "review", "omitted → in the list", f"farm release {production} {code}"


def _then(each: "Revision", change: Change) -> str:
    said = _follows(each, change)
    if change in each.applied or _asks(each) == "release":
        return said
    return f"with --update{' --reopen' if _asks(each, change) == 'reopen' else ''}: {said}"


def _asks(each: "Revision", change: Change | None = None) -> str:
    """What has to be asked for before a revision, or one change of it, is applied."""
    match each.follows:
        case Follows.STAYS_OMITTED:
            return "release"
        case Follows.STAYS_APPROVED if change is None or change.field in REMAKES:
            return "reopen"
        case _:
            return "update"


def _follows(each: "Revision", change: Change) -> str:
    """What comes of a change once it is applied."""
    if change.field not in REMAKES:
        return "no new take"
    old, new = f"take {each.take}", f"take {each.take + 1}"
    later = ", once it is released" if each.held else ""
    match each.follows:
        case Follows.NOTHING:
            return "no new take, it would be the same"
        case Follows.REPLACES:
            return f"{new} replaces {old}, which waits{later}"
        case Follows.ENDS:
            return f"{old} ends at its next step, {new} follows{later}"
        case Follows.ORDERS:
            return f"{new} is ordered{later}"
        case Follows.STAYS_APPROVED:
            return f"{new} is ordered, the approval ends"
        case Follows.STAYS_OMITTED:
            return "omitted: release it first"


def _pair(field: str, before: Any, after: Any) -> tuple[str, str]:
    one, other = _value(field, before), _value(field, after)
    if one == other and field == "still":
        one, other = (f"{_value(field, each)} ({_digits(each)})" for each in (before, after))
    return one, other


def _value(field: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return PurePath(value["image"]).name
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " | ".join(_value(field, each) for each in value) or NOTHING
    if value is None or value == "":
        return OWN.get(field, NOTHING)
    return f"{value:g}" if isinstance(value, float) else " ".join(str(value).split())


def _digits(picture: Mapping[str, Any]) -> str:
    """The beginning of a picture's checksum, which tells two of one name apart."""
    return (picture["picture"] or picture["still"])[:8]


def _named(codes: Sequence[str]) -> str:
    rest = len(codes) - MOST_NAMED
    return ", ".join(codes[:MOST_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")
