"""Small pictures of a clip for people who look through many: a thumbnail, and a filmstrip to scrub through.

Both are WebP: photographs in it are smaller than as JPEG, and what is enlarged keeps every pixel. Frames
are reduced smoothly, or enlarged by whole multiples of their pixels, and never stretched.
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from av.error import FFmpegError
from PIL import Image

from pipeline.clips.encode import decoded, opened
from pipeline.storage.files import Frames
from pipeline.storage.names import previews_of
from pipeline.storage.protocol import Media

THUMBNAIL_SIDE = 320
"""Pixels that the longer side of a thumbnail has at most."""
TILE_SIDE = 160
"""The same of each frame in a filmstrip."""
TILES = 12
"""Frames in a filmstrip, from left to right and without a gap, however few a clip has: each is a twelfth of
its width and all of its height."""
THUMBNAIL_BYTES = 20_000
FILMSTRIP_BYTES = 120_000
_QUALITIES = (75, 50, 25, 0)
"""Of WebP, the first that fits; only noise goes below the first."""
_QUICKLY = 0
"""WebP's `method`: a fifth larger than by 4, in a third of the time."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The bytes of a clip's previews."""

    thumbnail: bytes
    filmstrip: bytes


def middle(count: int) -> int:
    """The frame of a thumbnail, counted from 0, of a clip of `count`.

    The first one is the still, which everybody knows and every take of a shot shares; in the last one the
    motion may have left the picture. The middle one shows what was made of it.
    """
    return count // 2


def tiles(count: int) -> tuple[int, ...]:
    """The frame in each tile of a filmstrip, counted from 0, the first and the last one among them; of a
    clip with fewer frames than tiles some stand twice."""
    return tuple(round(tile * (count - 1) / (TILES - 1)) for tile in range(TILES))


def of_frames(frames: Frames) -> Pictures:
    """The previews of frames (frames, height, width, 3)."""
    count = len(frames)
    return _drawn({each: Image.fromarray(frames[each]) for each in _looked_at(count)}, count)


def of_film(path: Path) -> Pictures:
    """The previews of a clip in a file, of which few frames are in memory at a time.

    Raises `ValueError` with why it cannot be read.
    """
    try:
        with opened(path) as container:
            count = container.streams.video[0].frames
            wanted, found, number = _looked_at(count), dict[int, Image.Image](), -1
            for number, frame in enumerate(decoded(container)):
                if number in wanted:
                    found[number] = Image.fromarray(frame.to_ndarray(format="rgb24"))
    except (FFmpegError, IndexError, ValueError) as error:
        raise ValueError((str(error).splitlines() or [type(error).__name__])[0]) from error
    if not number + 1 == count > 0:
        raise ValueError(f"it holds {number + 1} of {count} frames")
    return _drawn(found, count)


def keep(pictures: Pictures, media: Media, clip: str) -> None:
    """Puts previews beside their clip, each whole or not at all, in place of those that lie there.

    Raises `OSError`.
    """
    names = previews_of(clip)
    media.put(names.thumbnail, pictures.thumbnail)
    media.put(names.filmstrip, pictures.filmstrip)


def _looked_at(count: int) -> set[int]:
    return {middle(count), *tiles(count)}


def _drawn(frames: Mapping[int, Image.Image], count: int) -> Pictures:
    """The previews of the frames that are looked at, by their numbers among `count`."""
    size = frames[0].size
    small = [_fitted(frames[each], TILE_SIDE) for each in tiles(count)]
    width, height = small[0].size
    strip = Image.new("RGB", (width * TILES, height))
    for place, tile in enumerate(small):
        strip.paste(tile, (width * place, 0))
    return Pictures(
        thumbnail=_packed(
            _fitted(frames[middle(count)], THUMBNAIL_SIDE),
            THUMBNAIL_BYTES,
            exact=_times(size, THUMBNAIL_SIDE) > 1,
        ),
        filmstrip=_packed(strip, FILMSTRIP_BYTES, exact=_times(size, TILE_SIDE) > 1),
    )


def _times(size: tuple[int, int], side: int) -> int:
    """How many times a picture goes into that side; 0 where it is larger."""
    return side // max(size)


def _fitted(picture: Image.Image, side: int) -> Image.Image:
    """The picture with a longer side of `side` at most."""
    width, height = picture.size
    if times := _times(picture.size, side):
        return picture.resize((width * times, height * times), Image.Resampling.NEAREST)
    share = side / max(width, height)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    # By a whole number first, each pixel counted: five times as fast, and nobody sees it.
    return picture.resize(size, Image.Resampling.BICUBIC, reducing_gap=1.0)


def _packed(picture: Image.Image, most: int, *, exact: bool) -> bytes:
    """WebP of at most `most` bytes, as good as fits; with `exact` every pixel as it is, where that fits."""
    data = b""
    for options in _ways(exact=exact):
        file = io.BytesIO()
        picture.save(file, "WEBP", method=_QUICKLY, **options)
        data = file.getvalue()
        if len(data) <= most:
            break
    return data


def _ways(*, exact: bool) -> Iterable[Mapping[str, int | bool]]:
    if exact:
        yield {"lossless": True, "quality": 0}
    yield from ({"quality": quality} for quality in _QUALITIES)
