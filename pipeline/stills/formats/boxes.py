"""Reads what HEIF, AVIF and JPEG 2000 files say of their colours and of how they are to be turned."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

_FULL = frozenset({b"meta"})
"""Boxes of boxes that have a version and flags before them."""
_AS_DECODED = frozenset({0, 12, 15, 16, 17, 18})
"""JPEG 2000's numbers for black and white, CMYK, sRGB, grey and sYCC; its reader makes sYCC sRGB."""


@dataclass(frozen=True, slots=True)
class Properties:
    """Of the primary picture."""

    icc: bytes = b""
    nclx: tuple[int, int] | None = None
    """Primaries and transfer function by their numbers in ITU-T H.273."""
    unknown: bool = False
    """Whether its colours are named by a number of JPEG 2000 that is none of those that are read."""
    size: tuple[int, int] | None = None
    """Width and height before it is turned."""
    turned: bool = False
    """Whether it is to be turned by a quarter, either way (`irot`)."""
    crop: bool = False
    """Whether only a part of it is to be seen (`clap`)."""


def properties(data: bytes) -> Properties:
    """What the beginning of a HEIF, AVIF or JPEG 2000 file says; what is broken counts as unsaid."""
    try:
        colours = _find(data, (b"jp2h",))
        if colours is not None:
            return _told([*_boxes(colours)])
        meta = _find(data, (b"meta",))
        return _told([*_of_primary(meta)]) if meta is not None else Properties()
    except (struct.error, IndexError, ValueError):
        return Properties()


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes in a stretch of bytes: kind and content (ISO/IEC 14496-12, 4.2)."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1:
            size, start = struct.unpack_from(">Q", data, start)[0], start + 8
        end = at + size if size else len(data)
        if end < start:
            return
        yield kind, data[start + 4 * (kind in _FULL) : end]
        at = end


def _find(data: bytes, path: tuple[bytes, ...]) -> bytes | None:
    for name in path:
        found = next((body for kind, body in _boxes(data) if kind == name), None)
        if found is None:
            return None
        data = found
    return data


def _of_primary(meta: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The property boxes of the primary item, in their order."""
    pitm, all_properties, associations = (
        _find(meta, path) for path in ((b"pitm",), (b"iprp", b"ipco"), (b"iprp", b"ipma"))
    )
    if pitm is None or all_properties is None or associations is None:
        return
    primary = struct.unpack_from(">I" if pitm[0] else ">H", pitm, 4)[0]
    boxes = [*_boxes(all_properties)]
    for number in _associated(associations, primary):
        if 0 < number <= len(boxes):
            yield boxes[number - 1]


def _associated(ipma: bytes, primary: int) -> list[int]:
    """The numbers of an item's properties, from 1."""
    version, wide = ipma[0], ipma[3] & 1
    count = struct.unpack_from(">I", ipma, 4)[0]
    at = 8
    for _ in range(count):
        item, associations = struct.unpack_from(">IB" if version else ">HB", ipma, at)
        at += 5 if version else 3
        kind, width, mask = ("H", 2, 0x7FFF) if wide else ("B", 1, 0x7F)
        numbers = struct.unpack_from(f">{associations}{kind}", ipma, at)
        at += associations * width
        if item == primary:
            return [number & mask for number in numbers]
    return []


def _told(boxes: list[tuple[bytes, bytes]]) -> Properties:
    told = Properties()
    for kind, body in boxes:
        if kind == b"colr":
            told = _coloured(told, body)
        elif kind == b"irot":
            told = replace(told, turned=bool(body[0] & 1))
        elif kind == b"ispe":
            told = replace(told, size=struct.unpack_from(">II", body, 4))
        elif kind == b"clap":
            told = replace(told, crop=True)
    return told


def _coloured(told: Properties, body: bytes) -> Properties:
    if body[:4] in (b"prof", b"rICC"):
        return replace(told, icc=body[4:])
    if body[:4] in (b"nclx", b"nclc"):
        return replace(told, nclx=struct.unpack_from(">HH", body, 4))
    if body[0] in (2, 3):  # JPEG 2000's restricted or any ICC profile
        return replace(told, icc=body[3:])
    if body[0] == 1:
        return replace(told, unknown=struct.unpack_from(">I", body, 3)[0] not in _AS_DECODED)
    return told
