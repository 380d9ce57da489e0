"""What an editing system is told of delivered clips: names that each of them takes, and a timeline. Pure.

File names are ASCII and reels eight letters and digits: else they are cut, escaped or mixed up with one
another on the way (`docs/how-to/edit.md` says where).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from farm.domain.timecode import conformed
from farm.errors import Refused

REEL = 8
"""Characters of a reel at most: longer ones are cut, and two clips become one."""
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A comment on a shot or on a frame of its clip."""

    frame: int
    """Of the file as it is delivered, counted from 0."""
    text: str
    who: str
    at: str
    """When it was said: ISO 8601."""
    resolved: bool
    of_frame: int | None = None
    """The frame of the published clip that it is about; None where it is about the shot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """Another take of a shot, which is not delivered."""

    take: int
    frames: int
    fps: str
    sha256: str
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One shot in the timeline: a clip, or a gap as long as its clip would be."""

    shot: str
    file: str | None
    """In the delivered folder; None for a gap."""
    reel: str
    frames: int
    """Of the whole file; of a gap, its length."""
    handle: int
    """Frames at each end of the file that the timeline does not show."""
    record: int
    """Where it stands in the timeline: frames from its start."""
    fps: Fraction
    width: int = 0
    height: int = 0
    why: str = ""
    """Why a gap is one."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What else is known of the take, as JSON has it."""
    markers: tuple[Marker, ...] = ()
    alternates: tuple[Alternate, ...] = ()

    @property
    def source_in(self) -> int:
        """The first frame shown."""
        return self.handle

    @property
    def source_out(self) -> int:
        """The frame after the last one shown."""
        return self.frames - self.handle

    @property
    def length(self) -> int:
        """Frames shown."""
        return self.frames - 2 * self.handle


def stem(shot: str, take: int) -> str:
    """The name of a take's file without its suffix, in ASCII: a code with other characters loses them, and
    gets six digits of its hash, so that no two codes share a name."""
    code = shot
    if not _PLAIN.fullmatch(shot):
        kept = re.sub(r"[^A-Za-z0-9]+", "-", shot).strip("-")
        digest = hashlib.sha256(shot.encode()).hexdigest()[:6]
        code = f"{kept}-{digest}" if kept else f"shot-{digest}"
    return f"{code}_t{take:02d}"


def reels(takes: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """A reel for each shot and take: `SH010T01`, or `R` and seven digits of a hash where that is too long
    or another one's too. It depends on the takes alone, never on their order."""
    wanted = {each: _short_reel(*each) for each in dict.fromkeys(takes)}
    counts = Counter(wanted.values())
    given: dict[tuple[str, int], str] = {}
    taken = {reel for reel in wanted.values() if reel and counts[reel] == 1}
    for each, reel in sorted(wanted.items()):
        if reel and counts[reel] == 1:
            given[each] = reel
            continue
        attempt = 0
        while (hashed := _hashed_reel(*each, attempt)) in taken:
            attempt += 1
        taken.add(hashed)
        given[each] = hashed
    return given


def _short_reel(shot: str, take: int) -> str:
    """Empty where there is none."""
    reel = f"{re.sub('[^A-Z0-9]', '', shot.upper())}T{take:02d}"
    return reel if shot.isascii() and len(reel) <= REEL else ""


def _hashed_reel(shot: str, take: int, attempt: int) -> str:
    number = int(hashlib.sha256(f"{shot}/{take}/{attempt}".encode()).hexdigest(), 16)
    letters = ""
    for _ in range(REEL - 1):
        number, digit = divmod(number, len(_DIGITS))
        letters += _DIGITS[digit]
    return f"R{letters}"


def ordered(codes: Sequence[str], order: Sequence[str], called: str) -> list[str]:
    """The shots of a production as a list has them, and after them those that it leaves out.

    Raises `Refused` for a code that is no shot of the production, or that stands there twice.
    """
    known = set(codes)
    problems: list[str] = []
    first: dict[str, int] = {}
    for line, code in enumerate(order, start=1):
        if not code:
            continue
        if code not in known:
            problems.append(f"line {line}: there is no shot {code[:64]!r}")
        elif code in first:
            problems.append(f"line {line}: {code} stands on line {first[code]} already")
        else:
            first[code] = line
    if problems:
        raise Refused(f"{called}: {'; '.join(problems[:10])}: one code a line, each once")
    return [*first, *(code for code in codes if code not in first)]


def checked_media_root(root: str) -> str:
    """Where the delivered files will lie on the editor's machine, with `/` in it and none at its end.

    Raises `Refused` for a path that is not whole.
    """
    plain = root.replace("\\", "/")
    whole = plain.startswith("/") or _DRIVE.match(plain)
    parts = [part for part in plain.split("/") if part]
    if not whole or any(part in (".", "..") for part in parts) or not root.isprintable():
        raise Refused(
            f"media root {root[:200]!r} is no whole path on the editor's machine: write it like "
            r"'E:\ads\nike', '\\server\ads' or '/Volumes/ads/nike'"
        )
    return plain.rstrip("/") or "/"


def file_url(root: str, file: str, *, localhost: bool = False) -> str:
    """The URL of a file below a root of `checked_media_root`; with `localhost` as FCP7 XML has it."""
    path = f"{root.rstrip('/')}/{file}"
    if path.startswith("//"):  # \\server\share
        return f"file:{quote(path)}"
    host = "localhost" if localhost else ""
    return f"file://{host}/{quote(path.lstrip('/'), safe='/:' if not localhost else '/')}"


def timeline(events: Sequence[Event], handles: int, rate: Fraction | None) -> tuple[Event, ...]:
    """Events one after the other, each with its handles and its place.

    With `rate` all are counted in its frames. Raises `Refused` where handles would leave nothing of a clip.
    """
    short = [each.shot for each in events if each.file and each.frames <= 2 * handles]
    if short:
        raise Refused(
            f"--handles {handles} leaves nothing of {', '.join(short[:10])}: a clip has no more frames "
            "than were rendered, so handles are taken from them, at both ends"
        )
    placed: list[Event] = []
    at = Fraction(0)  # seconds
    for each in events:
        fps = rate or each.fps
        handle = handles if each.file else 0
        frames = (
            each.frames
            if each.file
            else max(1, conformed(each.frames, each.fps, fps) - 2 * handles)
        )
        placed.append(replace(each, fps=fps, handle=handle, frames=frames, record=round(at * fps)))
        at += placed[-1].length / fps
    return tuple(placed)
