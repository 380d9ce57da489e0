"""Looks at what a chaos left: knows only the database, the log of events and the media folder.

Nothing of the farm's code is used: the tables are read in plain SQL, the clips are decoded by PyAV, and
pictures are opened by Pillow.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import sqlalchemy as sa
from av.error import FFmpegError
from PIL import Image

from tests.audit import Auditor

ENDED = ("succeeded", "failed", "cancelled")
PREVIEWS = (".thumbnail.webp", ".filmstrip.webp")
"""How the small pictures beside a clip end."""
_NAME = re.compile(r"_t(?P<take>\d+)_a(?P<key>\d+)\.(?P<attempt>\d+)_[^_/]+\.mp4$")


@dataclass
class Findings:
    """What the checker found; a farm that kept its promises has no sentence in any list."""

    shots: int = 0
    takes: int = 0
    """Takes with a published clip."""
    attempts: int = 0
    late: int = 0
    """Results that came after their lease was lost, kept aside."""
    returned: int = 0
    """Attempts that ended without a clip."""
    given_up: int = 0
    """Takes that failed for good, each with its reason."""
    ended_early: int = 0
    """Takes that were ended in the middle, since they would not have been accepted."""
    finals: int = 0
    """Full takes of approved drafts."""
    lost: list[str] = field(default_factory=list[str])
    """Shots and takes that are nowhere, or came to no end."""
    doubled: list[str] = field(default_factory=list[str])
    """What was taken in, made or published twice."""
    damaged: list[str] = field(default_factory=list[str])
    """Published clips that are gone, altered or do not decode."""
    orphans: list[str] = field(default_factory=list[str])
    """Files that nobody published, that show nothing published, and that the sweeper does not name."""
    untold: list[str] = field(default_factory=list[str])
    """Where the events and the tables tell different stories."""
    wasted: list[str] = field(default_factory=list[str])
    """More attempts than faults explain."""

    def wrong(self) -> list[str]:
        lists = (
            self.lost, self.doubled, self.damaged, self.orphans, self.untold, self.wasted
        )  # fmt: skip
        return [sentence for sentences in lists for sentence in sentences]


def check(
    engine: sa.Engine,
    media: Path,
    *,
    acknowledged: Sequence[str],
    named: Collection[str] = (),
    renders: int = 0,
) -> Findings:
    """Compares what the farm was given with what it holds.

    `acknowledged` are the codes of the shots that it said it had taken in, `named` the paths below
    `media` that its sweeper names, `renders` how many the injected faults can have cost.
    """
    auditor = Auditor(engine)
    untold = auditor.audit()
    tables = auditor.tables
    found = Findings(untold=untold)
    found.shots = len(tables["shots"])
    found.takes = len(tables["clips"])
    found.attempts = len(tables["attempts"])
    found.late = sum(event["kind"] == "late_result" for event in auditor.news)
    found.returned = sum(a["outcome"] in ("returned", "taken_back") for a in tables["attempts"])
    failed = [take for take in tables["takes"] if take["status"] == "failed"]
    found.ended_early = sum(_ended_early(take) for take in failed)
    found.given_up = len(failed) - found.ended_early
    found.finals = sum(take["final_of"] is not None for take in tables["takes"])
    found.lost += _lost(tables, acknowledged)
    found.doubled += _doubled(tables, auditor.news)
    for clip in tables["clips"]:
        found.damaged += _damage(media, clip)
    published = {clip["path"] for clip in tables["clips"]}
    pictures = {f"{clip}{ending}" for clip in published for ending in PREVIEWS}
    for picture in sorted(pictures):
        found.damaged += _spoilt(media, picture)
    found.orphans += _orphans(media, published | pictures, named)
    if found.attempts > len(tables["takes"]) + renders:
        takes = len(tables["takes"])
        found.wasted.append(
            f"{found.attempts} attempts for {takes} takes and faults that cost at most {renders}"
        )
    return found


def _lost(tables: dict[str, list[dict[str, Any]]], acknowledged: Sequence[str]) -> Iterator[str]:
    codes = {shot["code"] for shot in tables["shots"]}
    takes: dict[int, list[dict[str, Any]]] = {}
    for take in tables["takes"]:
        takes.setdefault(take["shot_id"], []).append(take)
    for code in acknowledged:
        if code not in codes:
            yield f"shot {code} was taken in and is not there"
    for shot in tables["shots"]:
        mine = takes.get(shot["id"], [])
        if not mine:
            yield f"shot {shot['code']} has no take"
        for take in mine:
            if take["status"] not in ENDED:
                yield f"shot {shot['code']} take {take['number']} is {take['status']} at the end"
            if take["status"] == "failed" and not take["reason"]:
                yield f"shot {shot['code']} take {take['number']} failed, and nobody says why"
        if mine and shot["review"] == "pending":
            yield f"shot {shot['code']} was judged by nobody"


def _doubled(
    tables: dict[str, list[dict[str, Any]]], events: Sequence[dict[str, Any]]
) -> Iterator[str]:
    names = Counter((shot["production_id"], shot["code"]) for shot in tables["shots"])
    yield from (f"shot {code} is there {n} times" for (_, code), n in names.items() if n > 1)
    clips = Counter(clip["take_id"] for clip in tables["clips"])
    for take in tables["takes"]:
        wanted = take["status"] == "succeeded"
        if clips[take["id"]] != wanted:
            yield f"take {take['id']} is {take['status']} and has {clips[take['id']]} published clips"
    paths = Counter(clip["path"] for clip in tables["clips"])
    yield from (f"{path} is published {n} times" for path, n in paths.items() if n > 1)
    made = Counter(
        (event["shot_id"], event["take"]) for event in events if event["kind"] == "take_succeeded"
    )
    yield from (f"shot {s} take {t} was made {n} times" for (s, t), n in made.items() if n > 1)
    finals = Counter(
        (take["shot_id"], take["final_of"])
        for take in tables["takes"]
        if take["final_of"] is not None
        and not take["rung"]
        and not take["by_hand"]
        and take["status"] not in ("failed", "cancelled")
    )
    for (shot, draft), count in finals.items():
        if count > 1:
            yield f"shot {shot} has {count} finals of take {draft}"
    numbers = {take["id"]: take["number"] for take in tables["takes"]}
    for clip in tables["clips"]:
        told = _NAME.search(clip["path"])
        own = told and (int(told["take"]), int(told["key"]), int(told["attempt"]))
        if own != (numbers.get(clip["take_id"]), clip["take_id"], clip["token"]):
            yield f"{clip['path']} is published for take {clip['take_id']} attempt {clip['token']}"


def _ended_early(take: dict[str, Any]) -> bool:
    kept = take["early"]
    early = json.loads(kept) if isinstance(kept, str) else kept
    return bool(early and early["ended"])


def _damage(media: Path, clip: dict[str, Any]) -> Iterator[str]:
    place = media / clip["path"]
    if not place.is_file():
        yield f"{clip['path']} is published and not there"
        return
    data = place.read_bytes()
    if len(data) != clip["size"] or hashlib.sha256(data).hexdigest() != clip["sha256"]:
        yield f"{clip['path']} is not what was published"
        return
    try:
        frames = _frames(place)
    except (FFmpegError, IndexError) as error:
        yield f"{clip['path']} does not decode: {error}"
        return
    if frames != clip["frames"]:
        yield f"{clip['path']} has {frames} frames, {clip['frames']} are recorded"


def _spoilt(media: Path, picture: str) -> Iterator[str]:
    """A clip's picture may be missing, since a worker may have died; never is it half there."""
    place = media / picture
    if place.is_file():
        try:
            with Image.open(place) as opened:
                opened.load()
        except OSError as error:
            yield f"{picture} does not open: {error}"


def _frames(place: Path) -> int:
    with av.open(place) as container:
        container.streams.video[0].codec_context.options = {"err_detect": "explode"}
        return sum(1 for _ in container.decode(video=0))


def _orphans(media: Path, explained: set[str], named: Collection[str]) -> Iterator[str]:
    for folder in ("clips", "spool"):
        for file in sorted((media / folder).rglob("*")):
            where = file.relative_to(media).as_posix()
            if file.is_file() and where not in explained and where not in named:
                yield f"{where} is of nobody, and the sweeper does not name it"
