"""The options of `submit` that ask for more than new shots."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from farm.domain.changes import Asked

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--update", is_flag=True, help="Change shots that are there already as the list has them."
    ),
    click.option(
        "--reopen", is_flag=True, help="With --update: approved shots too, which ends the approval."
    ),
    click.option(
        "--omit-missing", is_flag=True, help="Omit the shots that the list no longer has."
    ),
    click.option(
        "--rename", "renames", metavar="OLD=NEW", multiple=True,
        help="Give a shot the code that the list has for it; its takes stay. May be repeated.",
    ),
)  # fmt: skip


def changing_options(command: F) -> F:
    """Adds the options to a command, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def asked_for(
    *, update: bool, reopen: bool, omit_missing: bool, renames: Sequence[str], strict: bool
) -> "Asked":
    """What the options ask for. Raises `click.UsageError` where they ask for nothing that can be."""
    from farm.domain.changes import Asked

    if reopen and not update:
        raise click.UsageError("--reopen goes with --update")
    pairs: dict[str, str] = {}
    for each in renames:
        before, after = _pair(each)
        if before in pairs and pairs[before] != after:
            raise click.UsageError(f"--rename gives {before} two codes; give it one")
        pairs[before] = after
    return Asked(
        update=update, reopen=reopen, omit_missing=omit_missing, renames=pairs, strict=strict
    )


def _pair(written: str) -> tuple[str, str]:
    """The codes of one `OLD=NEW`, read as the list's are."""
    from farm.shotlist import fields

    before, equals, after = written.partition("=")
    if not equals:
        raise click.UsageError(f"--rename {written}: write OLD=NEW, such as sh050=sh055")
    try:
        codes = fields.code(before), fields.code(after)
    except fields.Wrong as wrong:
        raise click.UsageError(f"--rename {written}: {wrong}") from wrong
    if codes[0] == codes[1]:
        raise click.UsageError(f"--rename {written}: that is its code already")
    return codes
