"""Thumbnails and filmstrips of clips, made here where their worker made none."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import Refused
from pipeline.storage.names import previews_of

if TYPE_CHECKING:
    from pipeline.clips.previews import Pictures
    from pipeline.storage.protocol import Media

Preview = Path | bytes
"""Where a picture lies on this machine; its bytes, where it does not."""

_log = logging.getLogger(__name__)
_TURNS = tuple(threading.Lock() for _ in range(4))
"""Whoever makes previews holds one: nobody decodes a clip that another thread decodes, and so many clips at
most are decoded at once."""


def thumbnail(media: "Media", clip: str) -> Preview:
    """The middle frame of a clip, WebP with a longer side of at most 320 pixels.

    Raises `Refused` for a clip that is not there or cannot be read.
    """
    return _found(media, clip, previews_of(clip).thumbnail, lambda made: made.thumbnail)


def filmstrip(media: "Media", clip: str) -> Preview:
    """Twelve frames of a clip side by side, WebP; `pipeline.clips.previews.tiles` says which. Raises as
    `thumbnail`."""
    return _found(media, clip, previews_of(clip).filmstrip, lambda made: made.filmstrip)


def _found(media: "Media", clip: str, name: str, one: Callable[["Pictures"], bytes]) -> Preview:
    try:
        if not media.exists(clip):
            raise Refused(
                f"{media.where(clip)} is not there: it was purged or lost, `farm show` and `farm sweep` "
                "tell more"
            )
        return _kept(media, name) or _made(media, clip, name, one)
    except OSError as error:
        raise Refused(
            f"{media.root}: {clip} cannot be read ({error.strerror or error}): mend that, and look again"
        ) from error
    except ValueError as error:
        raise Refused(
            f"{media.root}: {clip} cannot be shown ({error}): `farm sweep` tells whether it is what was "
            "published, `farm retake` makes another"
        ) from error


def _kept(media: "Media", name: str) -> Preview | None:
    if not media.exists(name):
        return None
    if local := media.local(name):
        return local
    with media.open(name) as file:
        return file.read()


def _made(media: "Media", clip: str, name: str, one: Callable[["Pictures"], bytes]) -> Preview:
    """Both are made at once: what is decoded for one serves the other.

    Raises `OSError` and `ValueError`.
    """
    from pipeline.clips import previews

    with _TURNS[hash(clip) % len(_TURNS)]:
        if kept := _kept(media, name):
            return kept
        with media.get(clip) as film:
            made = previews.of_film(film)
        try:
            previews.keep(made, media, clip)
        except OSError as error:  # seen they can be all the same
            _log.warning("%s cannot be kept: %s", media.where(name), error)
            return one(made)
    return _kept(media, name) or one(made)
