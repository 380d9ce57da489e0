"""What a delivered film says of itself, and whether it still is what was delivered."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.delivery import film_boxes, manifest
from farm.delivery.ai_labels.values import KEY
from farm.delivery.film_boxes import CutOff, DamagedFilm, Described, NoFilm
from farm.errors import Refused
from pipeline.storage.checksums import sha256_at

if TYPE_CHECKING:
    from farm.delivery.credentials.reading import Credentials

# As an element or as an attribute; no parser of XML is given what strangers wrote.
_SOURCE_TYPE = re.compile(
    rb"DigitalSourceType\s*(?:=\s*[\"']|>)\s*https?://cv\.iptc\.org/newscodes/digitalsourcetype/(\w+)"
)
SUFFIXES = (".mp4", ".mov")
MOST_LOOKED_AT = 20
"""Files beside what is no film that are looked into for one."""
RECIPE_KEYS = ("recipe", "comment", "prompt")
"""Where a clip's recipe stands in its tags."""


class Listed(StrEnum):
    """How a film stands to the manifest beside it."""

    AS_LISTED = "as_listed"
    CHANGED = "changed"
    """The manifest lists a file of this name with another checksum."""
    NOT_LISTED = "not_listed"
    NO_MANIFEST = "no_manifest"
    UNREADABLE = "unreadable"
    """There is a manifest, and it cannot be read or no delivery wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a film holds."""

    file: str
    label: Mapping[str, str] | None
    """The fields of its implicit label (GB 45438-2025); None where it has none that can be read."""
    source_type: str
    """IPTC's, without its address; empty where it says none."""
    recipe: bool
    """Whether its prompt and recipe lie in it."""
    credentials: "Credentials"
    listed: Listed
    unsigned: bool = False
    """The manifest says that it was signed, and it holds no credentials."""
    damaged: str = ""
    """Why nothing in it can be read any more, though a delivery put it there: half a copy, for one."""
    whole: bool | None = field(init=False)
    """Whether it is as it was signed or delivered; None where nothing tells."""

    def __post_init__(self) -> None:
        from farm.delivery.credentials.reading import State

        state = self.credentials.state
        broken = state is State.BROKEN or self.listed is Listed.CHANGED or self.unsigned
        vouched = state is not State.NONE or self.listed is Listed.AS_LISTED
        object.__setattr__(self, "whole", False if broken else True if vouched else None)


def verify(film: Path, trusted: str | None = None) -> Verified:
    """What a film holds; `trusted` are certificates (PEM) of authorities that are believed.

    Raises `Refused` where it cannot be read or is no MP4 or QuickTime film, and the manifest beside it does
    not tell that it was one. One that holds content credentials needs the extra `credentials`.
    """
    from farm.delivery.credentials.reading import Credentials, State, read_off

    listed, damaged = Listed.NO_MANIFEST, ""
    try:
        listed, signed = _listed(film)
        described = film_boxes.described(film)
        credentials = Credentials(state=State.NONE)
        if described.credentials:
            from farm.delivery.credentials import c2pa_files

            credentials = read_off(c2pa_files.read(film, trusted))
    except DamagedFilm as error:
        if listed is not Listed.CHANGED:
            raise Refused(f"{film}: {error}; {_remedy(film, error)}") from error
        described, credentials, signed = Described(), Credentials(state=State.NONE), False
        damaged = str(error)
    except OSError as error:
        raise Refused(f"{film}: {error.strerror or error}") from error
    return Verified(
        file=str(film),
        label=_label(described.tags.get(KEY)),
        source_type=_source_type(described.xmp),
        recipe=any(described.tags.get(key) for key in RECIPE_KEYS),
        credentials=credentials,
        listed=listed,
        unsigned=signed and credentials.state is State.NONE,
        damaged=damaged,
    )


def _remedy(film: Path, error: DamagedFilm) -> str:
    if isinstance(error, NoFilm):
        return f"name a film of a delivery, such as {_example(film)}"
    if isinstance(error, CutOff):
        return "have it copied, or delivered, anew"
    return "name the film as it was delivered"


def _example(refused: Path) -> str:
    """A film beside what is none, or how one is called."""
    beside, films = refused.parent, list[Path]()
    with suppress(OSError):  # who may not see what is there
        films = sorted(each for each in beside.iterdir() if each.suffix.lower() in SUFFIXES)
    known = (each for each in films[:MOST_LOOKED_AT] if each != refused and _is_film(each))
    return str(next(known, beside / "sh010_t02.mp4"))


def _is_film(file: Path) -> bool:
    try:
        # A pipe would be waited for.
        return file.is_file() and film_boxes.described(file) is not None
    except (DamagedFilm, OSError):
        return False


def _label(value: str | None) -> Mapping[str, str] | None:
    try:
        fields = json.loads(value or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    return {key: str(each) for key, each in fields.items()}


def _source_type(packets: tuple[bytes, ...]) -> str:
    found = (_SOURCE_TYPE.search(packet) for packet in packets)
    return next((each[1].decode() for each in found if each), "")


def _listed(film: Path) -> tuple[Listed, bool]:
    """How the manifest in the film's folder lists it, and whether as signed. Raises `OSError` where the
    film cannot be read."""
    try:
        known = manifest.read(film.parent)
    except (ValueError, OSError):
        return Listed.UNREADABLE, False
    if known is None:
        return Listed.NO_MANIFEST, False
    sums = known.sums(film.name)
    if not sums:
        return Listed.NOT_LISTED, False
    changed = sha256_at(film) not in sums
    return (Listed.CHANGED if changed else Listed.AS_LISTED), _signed(known.document, film.name)


def _signed(document: Mapping[str, Any], name: str) -> bool:
    rows = document.get("clips", [])
    return any(
        isinstance(row, dict) and row.get("file") == name and bool(row.get("credentials"))
        for row in rows
    )
