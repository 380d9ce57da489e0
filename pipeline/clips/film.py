"""Reads any film file as frames, however long and large it is: the first and the last among them."""

import re
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError

from pipeline.clips.encode import decoded, opened
from pipeline.storage.files import Frames

MOST_FRAMES = 256
"""Of a longer film so many at most are kept, evenly spaced, and the last one."""
MOST_PIXELS = 1280 * 720
"""Larger frames are made smaller."""


class Unreadable(ValueError):
    """A film cannot be read; the message names the file and the remedy."""


def read(path: Path) -> Frames:
    """Frames (frames, height, width, 3) of a film, upright, the first and the last among them.

    Raises `Unreadable`.
    """
    return _checked(path, _read)


def glance(path: Path) -> None:
    """Looks whether a film can be read, by its beginning alone. Raises `Unreadable`."""
    _checked(path, _beginning)


def _checked(path: Path, how: Callable[[Path], list[Any]]) -> Frames:
    if not path.is_file():
        raise Unreadable(f"{path}: {_no_file(path)}")
    try:
        kept = how(path)
    except (FFmpegError, ValueError, OSError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        raise Unreadable(
            f"{path} cannot be read as a film ({why}): hand in one that plays, such as H.264 in MP4"
        ) from error
    if not kept:
        raise Unreadable(f"{path} holds no moving picture: hand in a film with a picture track")
    if len(kept) == 1:  # whoever is asked would hold a picture against words of what happens
        raise Unreadable(f"{path} holds one picture, in which nothing can happen: hand in a film")
    if len({frame.shape for frame in kept}) > 1:
        raise Unreadable(f"{path} changes its size midway: cut it into films of one size")
    return np.stack(kept)


def _no_file(path: Path) -> str:
    """What is there instead, with the remedy."""
    if path.is_dir():
        return "this is a folder; name the films in it"
    if re.match(r"[a-z][a-z0-9+.-]+:/", str(path), re.IGNORECASE):  # C:/ is a drive
        return "this is an address; fetch it, and name the file"
    return "there is no such file; name a film that is there"


def _beginning(path: Path) -> list[Any]:
    with opened(path) as container:
        if not container.streams.video:
            return []
        return [_pixels(frame) for frame in islice(decoded(container), 2)]


def _read(path: Path) -> list[Any]:
    """Every n-th frame, n doubled whenever there are too many, and the last one."""
    kept: list[Any] = []
    every, number, last = 1, -1, None
    with opened(path) as container:
        if not container.streams.video:
            return []
        for number, frame in enumerate(decoded(container)):
            last = frame
            if number % every == 0:
                kept.append(_pixels(frame))
            if len(kept) > MOST_FRAMES:
                kept, every = kept[::2], 2 * every
        if last is not None and number % every:
            kept.append(_pixels(last))
    return kept


def _pixels(frame: av.VideoFrame) -> Any:
    """One frame (height, width, 3), upright, of `MOST_PIXELS` at most."""
    share = min(1.0, (MOST_PIXELS / (frame.width * frame.height)) ** 0.5)
    width, height = round(frame.width * share), round(frame.height * share)
    pixels = frame.to_ndarray(format="rgb24", width=width, height=height)
    return np.rot90(pixels, round(frame.rotation / 90))
