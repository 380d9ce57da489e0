"""What an MP4 or QuickTime film says of itself in its boxes, and a copy of it that says something else.

Only boxes are moved: every byte of `mdat`, where the frames are, is copied as it is. A copy of one file
with the same words is always the same file.
"""

import io
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pipeline.storage.checksums import BLOCK

XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""The `uuid` box that holds XMP."""
CREDENTIALS = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The `uuid` box that holds content credentials (C2PA)."""
LARGEST = 64 << 20
"""Bytes of one box that is read into memory: the index of a film of hours is smaller."""
MOST = 50_000
"""Boxes side by side that are looked at: a film has a few dozen."""

_HANDLER = bytes.fromhex("00000021") + b"hdlr" + bytes(8) + b"mdta" + bytes(13)
_TEXT = 1
"""The type of a value that is UTF-8."""
_OFFSETS = {b"stco": ">I", b"co64": ">Q"}
_TO_OFFSETS = (b"trak", b"mdia", b"minf", b"stbl")
"""Below `moov`, the boxes that hold the one with offsets into the file."""


class DamagedFilm(ValueError):
    """It is no film of boxes, or one that does not hold together."""


class NoFilm(DamagedFilm):
    """It is no film of boxes at all."""


class CutOff(DamagedFilm):
    """It ends too early, as a copy does that was interrupted."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box lies in its file, in bytes."""

    kind: bytes
    start: int
    content: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a film says of itself."""

    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    """Its metadata as ffmpeg writes it with `use_metadata_tags`."""
    xmp: tuple[bytes, ...] = ()
    credentials: bool = False
    """Whether content credentials lie in it, whole or not."""


def described(film: Path) -> Described:
    """What a film says of itself. Raises `DamagedFilm`, and `OSError`."""
    with film.open("rb") as file:
        boxes = _all(file)
        moov = _content(file, _only(boxes, b"moov"))
        uuids = [_uuid(file, box) for box in boxes if box.kind == b"uuid"]
        xmp = tuple(_content(file, box)[16:] for box, kind in uuids if kind == XMP)
    return Described(
        tags=_tags(moov), xmp=xmp, credentials=any(kind == CREDENTIALS for _, kind in uuids)
    )


def rewrite(source: Path, to: Path, tags: Mapping[str, str], xmp: bytes | None = None) -> None:
    """Writes the film `source` as the new file `to` with these tags and this XMP, and no others.

    Content credentials are left out, since they would not hold any more. Raises `DamagedFilm`, `OSError`.
    """
    with source.open("rb") as file, to.open("xb") as writing:
        boxes = [box for box in _all(file) if box.kind != b"uuid" or not _ours(file, box)]
        moov = bytearray(_with_tags(_content(file, _only(boxes, b"moov")), tags))
        _move_offsets(moov, _moves(boxes, len(moov) + 8))
        for box in boxes:
            if box.kind == b"moov":
                writing.write(_box(b"moov", bytes(moov)))
            else:
                _copy(file, box, writing)
        if xmp is not None:
            writing.write(_box(b"uuid", XMP + xmp))


def _all(file: BinaryIO) -> list[Box]:
    file.seek(0)
    if file.read(8)[4:] != b"ftyp":
        raise NoFilm("it is no MP4 or QuickTime film" if file.tell() else "it is empty")
    boxes = list(_boxes(file, 0, file.seek(0, io.SEEK_END)))
    if any(box.kind == b"moof" for box in boxes):
        raise DamagedFilm("it is a film in fragments")
    return boxes


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    found = 0
    while start < end:
        if (found := found + 1) > MOST:
            raise DamagedFilm("it has more boxes than any film")
        file.seek(start)
        head = file.read(8)
        # QuickTime ends some lists with four zero bytes.
        if len(head) < 8 or end - start < 8:
            if end - start == 4 and not any(head[:4]):
                return
            raise CutOff("a box in it is cut off")
        size, kind = struct.unpack(">I4s", head)
        content = start + 8
        if size == 1:
            wide = file.read(8)
            if len(wide) < 8:
                raise CutOff("a box in it is cut off")
            size, content = struct.unpack(">Q", wide)[0], start + 16
        elif size == 0:
            size = end - start
        if not content - start <= size <= end - start:
            raise CutOff("a box in it is cut off")
        yield Box(kind, start, content, start + size)
        start += size


def _only(boxes: list[Box], kind: bytes) -> Box:
    found = [box for box in boxes if box.kind == kind]
    if len(found) != 1:
        raise DamagedFilm(f"it has {len(found)} boxes `{kind.decode()}` instead of one")
    return found[0]


def _content(file: BinaryIO, box: Box) -> bytes:
    if box.end - box.content > LARGEST:
        raise DamagedFilm(f"its box `{box.kind.decode(errors='replace')}` is too large")
    file.seek(box.content)
    return file.read(box.end - box.content)


def _uuid(file: BinaryIO, box: Box) -> tuple[Box, bytes]:
    file.seek(box.content)
    return box, file.read(min(16, box.end - box.content))


def _ours(file: BinaryIO, box: Box) -> bool:
    return _uuid(file, box)[1] in (XMP, CREDENTIALS)


def _inner(data: bytes | bytearray, start: int = 0, end: int | None = None) -> Iterator[Box]:
    yield from _boxes(io.BytesIO(data), start, len(data) if end is None else end)


def _tags(moov: bytes) -> dict[str, str]:
    for udta in _inner(moov):
        if udta.kind != b"udta":
            continue
        for meta in _inner(moov, udta.content, udta.end):
            if meta.kind == b"meta":
                return _of_meta(moov, meta)
    return {}


def _of_meta(moov: bytes, meta: Box) -> dict[str, str]:
    """Keys and values of a `meta` box; none where its keys are not by name."""
    # In QuickTime it begins with its first box, in MP4 with four bytes of version and flags.
    first = moov[meta.content + 4 : meta.content + 8]
    parts = list(_inner(moov, meta.content if first == b"hdlr" else meta.content + 4, meta.end))
    keys, values = ([each for each in parts if each.kind == kind] for kind in (b"keys", b"ilst"))
    if len(keys) != 1 or len(values) != 1:
        return {}
    names = [
        moov[each.content : each.end].decode("utf-8", "replace")
        for each in _inner(moov, keys[0].content + 8, keys[0].end)
    ]
    found: dict[str, str] = {}
    for item in _inner(moov, values[0].content, values[0].end):
        number = int.from_bytes(item.kind)
        for data in _inner(moov, item.content, item.end):
            if data.kind == b"data" and 0 < number <= len(names):
                text = moov[data.content + 8 : data.end]
                found[names[number - 1]] = text.decode("utf-8", "replace")
    return found


def _with_tags(moov: bytes, tags: Mapping[str, str]) -> bytes:
    """The content of a `moov` box with these tags instead of its own."""
    parts = [moov[box.start : box.end] for box in _inner(moov) if box.kind != b"udta"]
    if tags:
        names = [_box(b"mdta", name.encode()) for name in tags]
        keys = _box(b"keys", struct.pack(">II", 0, len(names)) + b"".join(names))
        values = [
            _box(number.to_bytes(4), _box(b"data", struct.pack(">II", _TEXT, 0) + value.encode()))
            for number, value in enumerate(tags.values(), start=1)
        ]
        meta = bytes(4) + _HANDLER + keys + _box(b"ilst", b"".join(values))
        parts.append(_box(b"udta", _box(b"meta", meta)))
    return b"".join(parts)


def _moves(boxes: list[Box], moov: int) -> list[tuple[Box, int]]:
    """By how many bytes each box moves where `moov` has so many."""
    moves: list[tuple[Box, int]] = []
    place = 0
    for box in boxes:
        moves.append((box, place - box.start))
        place += moov if box.kind == b"moov" else box.end - box.start
    return moves


def _move_offsets(moov: bytearray, moves: list[tuple[Box, int]]) -> None:
    """Lets the offsets of frames in the file, which a `moov` box has, follow the boxes they lie in."""
    for table in _below(moov, 0, len(moov), _TO_OFFSETS):
        form = _OFFSETS[table.kind]
        wide = struct.calcsize(form)
        (count,) = struct.unpack_from(">I", moov, table.content + 4)
        if table.content + 8 + count * wide > table.end:
            raise CutOff("its index is cut off")
        for place in range(table.content + 8, table.content + 8 + count * wide, wide):
            (offset,) = struct.unpack_from(form, moov, place)
            new = offset + _move(offset, moves)
            if new >= 1 << 8 * wide:
                raise DamagedFilm("it is too long for its index")
            struct.pack_into(form, moov, place, new)


def _move(offset: int, moves: list[tuple[Box, int]]) -> int:
    for box, by in moves:
        if box.content <= offset <= box.end:
            return by
    raise DamagedFilm("its index leads out of it")


def _below(moov: bytearray, start: int, end: int, kinds: tuple[bytes, ...]) -> Iterator[Box]:
    for box in _inner(moov, start, end):
        if not kinds and box.kind in _OFFSETS:
            yield box
        elif kinds and box.kind == kinds[0]:
            yield from _below(moov, box.content, box.end, kinds[1:])


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def _copy(file: BinaryIO, box: Box, writing: BinaryIO) -> None:
    file.seek(box.start)
    left = box.end - box.start
    while left and (block := file.read(min(left, BLOCK))):
        writing.write(block)
        left -= len(block)
