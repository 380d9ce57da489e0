"""Reads a ComfyUI graph from its file: what it renders, and the profile and shot list that say the same."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.errors import Refused, SettingsError

if TYPE_CHECKING:
    from farm.config import Settings
    from pipeline.comfy.classes import Classes
    from pipeline.comfy.reading import Reading

LIKE = "wan2.2-i2v-a14b"
"""The profile whose other values a written one takes."""
_PROFILE = re.compile(r"[a-z0-9][a-z0-9._-]*")
_TAKEN = "{} is there already: name another file, or move it away"
_KEYS = ("workflow", "prompt")
"""What ComfyUI calls the canvas and the graph for servers, in what it saves; the canvas tells more."""
_NOT_OF_CODES = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A graph as it was read."""

    graph: Path
    format: str
    """`ui` as ComfyUI's pages keep it, or `api` as they export it for servers."""
    nodes: int
    """Of the graph that a server would run."""
    reading: "Reading"

    def as_json(self) -> dict[str, Any]:
        return {
            "graph": self.graph,
            "format": self.format,
            "nodes": self.nodes,
            "honoured": self.reading.honoured,
            **self.reading.as_dict(),
        }


def read(graph: Path, object_info: Path | None = None) -> Read:
    """Reads a graph. `object_info` is a server's answer to `GET /object_info`, for classes of its own.

    Raises `Refused` with a sentence for a file that is none.
    """
    from pipeline.comfy import files, reading
    from pipeline.comfy.graph import UnreadableGraph

    told = _told(object_info) if object_info else None
    try:
        opened = files.opened(_text(graph), told)
        found = reading.read(opened.graph, opened.doubts)
    except UnreadableGraph as error:
        raise Refused(f"{graph} is no ComfyUI graph: {error}") from error
    return Read(graph=graph, format=opened.format, nodes=len(opened.graph), reading=found)


def write(
    settings: "Settings",
    found: Read,
    *,
    profile: Path | None,
    shotlist: Path | None,
    like: str,
    loras: str,
) -> None:
    """Writes the graph's values as a `profile`, the others as `like` has them, and its one shot as a
    `shotlist`: all that is asked for, or nothing.

    Raises `Refused` where one of them is there already or cannot be written, where the graph does not tell
    enough, and where no profile can say what it tells.
    """
    from pipeline.comfy import profiles

    texts: dict[Path, str] = {}
    if shotlist:
        check_shotlist(shotlist)
        shot = _NOT_OF_CODES.sub("_", found.graph.stem.lower()).strip("_-.")[:40] or "shot"
        named = profile.stem if profile else None
        texts[shotlist] = profiles.shotlist(found.reading, shot, named)
    if profile:
        texts[profile] = _profile(settings, found, profile, like, loras)
    _write(texts)


def _profile(settings: "Settings", found: Read, to: Path, like: str, loras: str) -> str:
    """The text of the profile `to`. Raises `Refused`, and `SettingsError` for `like`."""
    from pydantic import ValidationError

    from pipeline.comfy import profiles
    from pipeline.profiles import profile
    from pipeline.profiles.profile import Profile

    if to.suffix != ".toml":
        raise Refused(f"{to}: a profile's file ends in .toml")
    if not _PROFILE.fullmatch(to.stem):
        raise Refused(f"{to}: a profile is called by its file, in small letters, digits and . _ -")
    try:
        base = profile.text_of(like, settings.profiles)
        text = profiles.profile(found.reading, base, to.stem, found.graph.name, loras)
        Profile.model_validate(tomllib.loads(text))
    except profile.ProfileError as error:
        raise SettingsError([str(error)]) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Refused(
            f"no profile can say what {found.graph} does: {field}: {first['msg']}"
        ) from error
    except ValueError as error:
        raise Refused(f"{found.graph} makes no profile: {error}") from error
    return text


def check_shotlist(to: Path) -> None:
    """Raises `Refused` where no shot list can be written to `to`, before anything else is written."""
    if to.suffix.lower() != ".csv":
        raise Refused(f"{to}: a shot list of a graph is a table in text, and its file ends in .csv")
    if os.path.lexists(to):
        raise Refused(_TAKEN.format(to))


def _write(texts: Mapping[Path, str]) -> None:
    """Writes new files, all of them or none. Raises `Refused`."""
    begun: list[Path] = []
    try:
        for to, text in texts.items():
            try:
                with to.open("x", encoding="utf-8", errors="replace", newline="") as file:
                    begun.append(to)
                    file.write(text)
            except FileExistsError as error:
                raise Refused(_TAKEN.format(to)) from error
            except OSError as error:
                raise Refused(f"{to} cannot be written: {error.strerror or error}") from error
    except BaseException:
        for to in begun:
            with suppress(OSError):
                to.unlink(missing_ok=True)
        raise


def _text(path: Path) -> bytes:
    """What a file says of a graph: all of it, or what ComfyUI put into a picture or a film that it saved.

    Raises `UnreadableGraph` for one of these that holds none, and `Refused`.
    """
    from pipeline.comfy.graph import UnreadableGraph

    content = _bytes(path)
    if content.startswith(b"\x89PNG"):
        what, tags = "picture", _of_picture(path)
    elif content[4:8] == b"ftyp" or content.startswith(b"\x1aE\xdf\xa3"):
        what, tags = "film", _of_film(path)
    else:
        return content
    told = {**_in_comment(tags.get("comment", "")), **tags}
    held = [told[key] for key in _KEYS if told.get(key, "").startswith("{")]
    if not held:
        raise UnreadableGraph(
            f"it is a {what} in which no graph lies, as it does in those that ComfyUI saves; most programs "
            "drop it: in ComfyUI use Save or Export"
        )
    return held[0].encode("utf-8", "replace")


def _in_comment(comment: str) -> Mapping[str, str]:
    """The graphs in the one tag that VideoHelperSuite writes: the canvas as it is, the prompt as text. Our
    own clips have their recipe there, whose prompt is no graph."""
    try:
        said = json.loads(comment)
        if not isinstance(said, dict):
            return {}
        graphs = {
            key: json.loads(said[key]) if isinstance(said[key], str) else said[key]
            for key in _KEYS
            if said.get(key)
        }
    except (ValueError, RecursionError):
        return {}
    return {key: json.dumps(graph) for key, graph in graphs.items() if isinstance(graph, dict)}


def _of_picture(path: Path) -> Mapping[str, str]:
    from PIL import Image
    from PIL.PngImagePlugin import PngImageFile

    try:
        # Not by `Image.open`, which refuses large pictures: no pixel is read where the words stand before
        # them, as in those of ComfyUI.
        with PngImageFile(path) as picture:
            words = picture.info
            small = picture.width * picture.height <= (Image.MAX_IMAGE_PIXELS or 0)
            if small and not any(key in words for key in _KEYS):
                words = picture.text
            return {str(key): text for key, text in words.items() if isinstance(text, str)}
    except (OSError, SyntaxError, ValueError):  # damaged, or with more words than any graph has
        return {}


def _of_film(path: Path) -> Mapping[str, str]:
    from av.error import FFmpegError

    from pipeline.clips import encode

    try:
        return {key.lower(): text for key, text in encode.metadata_of(path).items()}
    except (FFmpegError, OSError):
        return {}


def _bytes(path: Path) -> bytes:
    from pipeline.comfy.files import LARGEST

    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror or error}") from error


def _told(path: Path) -> "Classes":
    from pipeline.comfy import classes

    try:
        return classes.told(json.loads(_bytes(path)))
    except (ValueError, RecursionError) as error:
        raise Refused(
            f"{path} is not JSON, as a server answers to /object_info: {error}"
        ) from error
