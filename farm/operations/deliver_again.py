"""Makes a delivery again from its manifest, bit for bit, or says what is gone and what differs."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.errors import Refused

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.delivery.copying import Delivery
    from farm.delivery.finishing import Finishing
    from farm.delivery.listed import Deliverable
    from farm.delivery.plan import Plan
    from farm.delivery.timeline import CutShot
    from pipeline.storage.protocol import Media

MOST_BYTES = 256 << 20
"""Of a manifest."""
_NUMBERS = ("take", "frames", "fps", "width", "height")
_TEXTS = (
    "shot", "recipe_hash", "prompt", "clip", "sha256", "verdict", "review", "profile", "revision",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What was made again."""

    production: str
    delivery: "Delivery"
    differing: tuple[str, ...]
    """Files beside the clips that came out otherwise than the manifest has them, but for the checksums of
    films that were signed anew."""
    signed_anew: int = 0
    """Films with another signature than they had: no signature is made twice alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a manifest asks for."""

    production: str
    plan: "Plan"
    items: "list[Deliverable]"
    cut: "list[CutShot]"
    clips: Mapping[str, str]
    others: Mapping[str, str]
    """Checksums by file; of a signed one as it was before, since no signature is made twice alike."""
    films: Mapping[str, str]
    """Checksums of films by file, as they were delivered."""
    producer: str | None
    """That the labels name; None of films that were not labelled."""
    signed: bool


def deliver_again(
    settings: "Settings",
    file: Path,
    to: Path | None = None,
    *,
    on_clip: Callable[[int, int], None] = lambda done, total: None,
    on_wait: Callable[[], None] = lambda: None,
) -> Again:
    """Makes what the manifest `file` lists, in its own folder or in `to`; no database is asked.

    Raises `Refused` for a file that is no such manifest, and `Undelivered`, once all others are made, where
    a clip is gone or would not be the same.
    """
    from farm.delivery import manifest
    from farm.delivery.deliver import Undelivered, deliver
    from farm.operations.workspace import media_at_hand

    asked = _read(file)
    media = media_at_hand(settings)
    finishing = _finishing(settings, asked, media)
    folder = to or file.absolute().parent
    content = file.read_bytes()
    on_clip(0, len(asked.items))
    try:
        delivery = deliver(
            asked.production,
            asked.items,
            media,
            folder,
            on_clip,
            on_wait=on_wait,
            keep_old=True,
            plan=asked.plan,
            cut=asked.cut,
            ffmpeg=settings.ffmpeg,
            expected=asked.clips,
            finishing=finishing,
        )
    except Undelivered:
        if file.absolute() == (folder / manifest.LIST).absolute():
            _bring_back(folder, content)
        raise
    anew = _signed_anew(delivery.folder, asked)
    differing = tuple(
        name
        for name, sha256 in asked.others.items()
        if not (place := delivery.folder / name).is_file() or _as_then(place, anew) != sha256
    )
    return Again(
        production=asked.production, delivery=delivery, differing=differing, signed_anew=len(anew)
    )


def _signed_anew(folder: Path, asked: _Asked) -> dict[str, str]:
    """The checksums that signed films have now, each with the one that the manifest has."""
    from farm.delivery import manifest

    now = manifest.read(folder) if asked.signed else None
    rows = now.document["clips"] if now else []
    then = {row["file"]: asked.films[row["file"]] for row in rows}
    return {row["sha256"]: then[row["file"]] for row in rows if row["sha256"] != then[row["file"]]}


def _as_then(place: Path, anew: Mapping[str, str]) -> str:
    """The checksum of a file with those of films in it as they were then."""
    content = place.read_bytes()
    for now, then in anew.items():
        content = content.replace(now.encode(), then.encode())
    return hashlib.sha256(content).hexdigest()


def _bring_back(folder: Path, content: bytes) -> None:
    """The manifest goes on saying what there was, since a clip may be brought back; and knows what was put
    there since as a delivery's own."""
    from farm.delivery import manifest

    before, now = manifest.parsed(content), manifest.read(folder)
    puts = dict.fromkeys([*before.puts, *(now.puts if now else ())])
    earlier = [manifest.named(each) for each in puts]
    manifest.write(folder, {**before.document, "earlier": earlier})


def _finishing(settings: "Settings", asked: _Asked, media: "Media") -> "Finishing | None":
    """As the manifest has it, by the key of the settings. Raises `Refused` where there is none."""
    from farm.delivery.finishing import Finishing
    from farm.operations.finishing import graphs_by, signing_of

    if asked.producer is None:
        return None
    signing = signing_of(settings) if asked.signed else None
    if asked.signed and signing is None:
        raise Refused(
            "its films were signed, and the settings name no certificate: set [credentials] in farm.toml"
        )
    return Finishing(
        production=asked.production,
        media=media,
        producer=asked.producer,
        no_recipe=asked.plan.no_recipe,
        signing=signing,
        graphs_by=graphs_by(settings) if asked.plan.comfy else None,
    )


def _unsigned(row: Mapping[str, Any]) -> str:
    return row["credentials"]["unsigned_sha256"] if row["credentials"] else row["sha256"]


def _producer(row: Mapping[str, Any]) -> str | None:
    """Raises `ValueError` for a label that no delivery wrote."""
    label = row["labels"]["implicit"]
    if label is None:
        return None
    try:
        producer = json.loads(label["AIGC"])["ContentProducer"]
    except RecursionError as error:
        raise ValueError("a label is nested too deep") from error
    if not isinstance(producer, str):
        raise ValueError("a label names no producer")
    return producer


def _read(file: Path) -> _Asked:
    from farm.delivery import manifest
    from farm.delivery.listed import Deliverable
    from farm.delivery.plan import Plan
    from farm.delivery.timeline import CutShot

    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}") from error
    try:
        if len(content) > MOST_BYTES:
            raise ValueError("it is larger than any manifest")
        known = manifest.parsed(content)
        document = known.document
        if document.get("version") != manifest.VERSION:
            raise ValueError(
                f"its version is {document.get('version', 'that of an older farm')}, this farm reads "
                f"{manifest.VERSION}"
            )
        plan = Plan.of(document["plan"])
        items = [_checked(Deliverable.of_row(row), row, plan) for row in document["clips"]]
        return _Asked(
            production=known.production,
            plan=plan,
            items=items,
            cut=[CutShot.of(each).checked() for each in document["timeline"]],
            clips={row["file"]: _unsigned(row) for row in document["clips"]},
            films={row["file"]: row["sha256"] for row in document["clips"]},
            producer=next((_producer(row) for row in document["clips"]), None),
            signed=any(row["credentials"] for row in document["clips"]),
            others={row["file"]: row["sha256"] for row in document["files"]},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise Refused(f"{file} is no manifest that a delivery can be made from ({why})") from error


def _checked(item: "Deliverable", row: Mapping[str, Any], plan: "Plan") -> "Deliverable":
    """Raises `ValueError` for a row that no delivery wrote: it must not lead out of its folder."""
    from pipeline.storage.protocol import checked

    if any(type(getattr(item, name)) is not int or getattr(item, name) < 1 for name in _NUMBERS):
        raise ValueError(f"{item.shot!r} has numbers that no clip has")
    if type(item.attempt) is not int or item.attempt < 0:
        raise ValueError(f"{item.shot!r} names no attempt")
    if not all(isinstance(getattr(item, name), str) for name in _TEXTS):
        raise ValueError("a clip's row has no text where one should be")
    checked(item.clip)
    name = plan.file(item)
    if row["file"] != name or set(name) & set("/\\\0") or name.startswith("."):
        raise ValueError(f"{item.shot!r} has a file of another name")
    return item
