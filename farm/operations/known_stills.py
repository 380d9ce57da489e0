"""Start pictures that a production has already, for a retake that is to begin with another one."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import Refused
from pipeline.storage.names import still_path

if TYPE_CHECKING:
    from farm.store import Store
    from farm.store.queries.stills import KnownStill
    from pipeline.storage.protocol import Media

_CHOICE = re.compile(r"([ta])(\d{1,9}) (.{1,64})")


def choice(still: "KnownStill") -> str:
    """What stands for a still in a form: `t3 sh010` for the one of take 3, `a1 sh010` for an alternate."""
    which = f"t{still.take}" if still.take is not None else f"a{still.alternate}"
    return f"{which} {still.shot}"


def read(said: str) -> "KnownStill | None":
    """What a choice says, whether there is such a still or not; None for what is no choice."""
    from farm.store.queries.stills import KnownStill

    match = _CHOICE.fullmatch(said)
    if match is None or not match[2].isascii():
        return None
    number, is_take = int(match[2]), match[1] == "t"
    return KnownStill(
        shot=match[3],
        take=number if is_take else None,
        alternate=None if is_take else number,
        still="",
    )


def chosen(store: "Store", production: str, said: str) -> "KnownStill":
    """The still that a choice stands for. Raises `Refused` where there is none."""
    from farm.store.queries import stills

    wanted = read(said)
    found = wanted and stills.find(
        store, production, wanted.shot, take=wanted.take, alternate=wanted.alternate
    )
    if found is None:
        raise Refused(f"{production} has no start picture {said[:80]!r}: choose one of those shown")
    return found


def picture_of(media: "Media", still: "KnownStill") -> Path:
    """The file of a still: the one it was prepared from, where that is still there and holds what it held
    then, else the prepared one.

    Raises `Refused` where neither is.
    """
    if _is_as_it_was(still):
        return Path(still.image)
    prepared = media.local(still_path(still.still))
    if prepared is None or not prepared.is_file():
        raise Refused(
            f"the start picture of {still.shot} is no longer there: {still.image or still.still[:12]}; "
            "hand in another"
        )
    return prepared


def _is_as_it_was(still: "KnownStill") -> bool:
    """Whether the file that a still was prepared from holds the same picture: artists write over files."""
    from pipeline.storage.checksums import sha256_at

    if not still.picture or not still.image:
        return False
    try:
        return sha256_at(Path(still.image)) == still.picture
    except OSError:
        return False
