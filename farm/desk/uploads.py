"""What people drop on a page: a shot list with its pictures, or a zip of both, laid into the media root.

Until it is handed in it lies where everything may be swept away after a while. What is handed in stays: a
shot's row names the pictures, and a retake with another aspect opens them again.
"""

import contextlib
import lzma
import secrets
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from farm.desk.forms import Sent
from farm.domain.picture_places import HANDED_IN, LOOKED_AT
from farm.errors import Refused

if TYPE_CHECKING:
    from pipeline.storage.protocol import Media

MOST_BYTES = 256 * 1024 * 1024
"""Of all files, unpacked."""
MOST_FILES = 2_000
MOST_NAME = 200
"""Characters of a file's name with its folders."""
MOST_PART = 255
"""Bytes of a name, as file systems count them."""
TOO_MUCH = f"more than {MOST_BYTES >> 20} MB: hand it in with `farm submit`"
UNPACKING = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError, NotImplementedError,
    RuntimeError, ValueError,
)  # fmt: skip
"""What broken archives are told by."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A shot list that lies with its pictures in a folder of its own."""

    key: str
    """Names the folder."""
    names: tuple[str, ...]
    """Of all its files, below the media root."""
    shotlist: Path

    @property
    def folder(self) -> Path:
        """Where its files lie before they are handed in, each by the name that it came with."""
        return next(each for each in self.shotlist.parents if each.name == self.key)


def lay(media: "Media", files: Sequence[Sent]) -> Upload:
    """Puts what was sent into a new folder. Raises `Refused` where it holds not one shot list, or is more
    than is taken."""
    found = dict[str, bytes]()
    for name, content in _unpacked(files):
        if name in found:
            raise Refused(f"two of the files are called {name}; give each its own name")
        found[name] = content
        if len(found) > MOST_FILES:
            raise Refused(f"more than {MOST_FILES:,} files: that many are taken at once")
    _check_folders(found)
    shotlist = _list_among(found)
    key = secrets.token_hex(12)
    names = {name: f"{LOOKED_AT}/{key}/{name}" for name in found}
    local = media.local(names[shotlist])
    if local is None:
        raise Refused("this farm's media root is no folder; hand lists in with `farm submit`")
    upload = Upload(key, tuple(names.values()), local)
    try:
        for name, place in names.items():
            media.put(place, found[name])
    except OSError as error:
        remove(media, upload)
        raise _no_room(media, LOOKED_AT, error) from error
    return upload


def _no_room(media: "Media", folder: str, error: OSError) -> Refused:
    return Refused(
        f"{media.where(folder)} cannot take the files in ({error.strerror or error}); make room, or mend "
        "its rights"
    )


def _check_folders(names: "Mapping[str, bytes]") -> None:
    """Raises `Refused` where a file is called as a folder of others is."""
    folders = {str(folder) for name in names for folder in PurePosixPath(name).parents}
    if both := sorted(folders & names.keys()):
        raise Refused(f"{both[0]} is a file and a folder among what was sent; rename one")


def remove(media: "Media", upload: Upload) -> None:
    """Takes an upload away again, which nobody handed in."""
    for name in upload.names:
        media.remove(name)


@contextlib.contextmanager
def handed_in(media: "Media", upload: Upload) -> Iterator[Path]:
    """The shot list of an upload where it stays with its pictures; all goes back where the block raises."""
    moved = list[tuple[str, str]]()
    try:
        try:
            for name in upload.names:
                moved.append((name, HANDED_IN + name.removeprefix(LOOKED_AT)))
                media.move(*moved[-1])
        except OSError as error:
            raise _no_room(media, HANDED_IN, error) from error
        yield _below(media, upload)
    except BaseException:
        for name, to in reversed(moved):
            with contextlib.suppress(OSError):  # the one that could not be moved is where it was
                media.move(to, name)
        raise


def _below(media: "Media", upload: Upload) -> Path:
    before, after = media.local(LOOKED_AT), media.local(HANDED_IN)
    assert before is not None
    assert after is not None
    return after / upload.shotlist.relative_to(before)


def _list_among(names: "dict[str, bytes]") -> str:
    """The one shot list: of several in folders, the one that lies above the others."""
    from farm.shotlist.reading import NOT_READ, READERS, WORKBOOKS

    known = READERS.keys() | WORKBOOKS | NOT_READ.keys()
    lists = [name for name in names if PurePosixPath(name).suffix.lower() in known]
    if not lists:
        raise Refused(
            "there is no shot list among these files: a table (.xlsx, .csv, .ods), .yaml or .json"
        )
    depth = min(name.count("/") for name in lists)
    top = sorted(name for name in lists if name.count("/") == depth)
    if len(top) > 1:
        raise Refused(f"{', '.join(top[:5])}: one shot list at a time")
    return top[0]


def _unpacked(files: Sequence[Sent]) -> Iterator[tuple[str, bytes]]:
    size = 0
    for file in files:
        for name, content in _members(file, MOST_BYTES - size):
            size += len(content)
            if size > MOST_BYTES:
                raise Refused(TOO_MUCH)
            yield name, content


def _members(file: Sent, room: int) -> Iterator[tuple[str, bytes]]:
    if not file.name.lower().endswith(".zip"):
        yield _safe(file.name.replace("\\", "/").rpartition("/")[2]), file.content
        return
    try:
        with zipfile.ZipFile(file.file) as archive:
            yield from _of_archive(archive, file.name, room)
    except UNPACKING as error:
        sentence = f"{file.name} cannot be unpacked ({error}); pack it again as a plain zip"
        raise Refused(sentence) from error


def _of_archive(archive: zipfile.ZipFile, name: str, room: int) -> Iterator[tuple[str, bytes]]:
    members = [each for each in archive.infolist() if _is_meant(each)]
    if len(members) > MOST_FILES:
        raise Refused(
            f"{name} holds {len(members):,} files: at most {MOST_FILES:,} are taken at once"
        )
    for member in members:
        # What an entry says of its size may be a lie: no more is unpacked than there is room for.
        with archive.open(member) as packed:
            content = packed.read(room + 1)
        room -= len(content)
        if room < 0:
            raise Refused(f"{name} unpacks to more than {MOST_BYTES >> 20} MB")
        yield _safe(_named(member)), content


def _is_meant(member: zipfile.ZipInfo) -> bool:
    """No folder, no link, and not what systems put beside files."""
    folders, _, name = member.filename.replace("\\", "/").rpartition("/")
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    hidden = (name.startswith(".") and name != "..") or folders.partition("/")[0] == "__MACOSX"
    return not is_link and not hidden and not member.filename.endswith("/")


def _named(member: zipfile.ZipInfo) -> str:
    """Its name; packers on a Mac write UTF-8, those on Chinese Windows GBK, and neither says so."""
    if member.flag_bits & 0x800:
        return member.filename
    for encoding in ("utf-8", "gbk"):
        with contextlib.suppress(UnicodeError):
            return member.filename.encode("cp437").decode(encoding)
    return member.filename


def _safe(name: str) -> str:
    """A name below a folder. Raises `Refused` for one that leads elsewhere."""
    parts = name.replace("\\", "/").split("/")
    strange = any(unicodedata.category(each) in ("Cc", "Cs") for each in name)
    if strange or any(part in ("", ".", "..") for part in parts) or ":" in parts[0]:
        raise Refused(f"{ascii(name)[:80]} is no name of a file in a folder")
    if len(name) > MOST_NAME or any(len(part.encode()) > MOST_PART for part in parts):
        raise Refused(
            f"{name[:40]} …: names are at most {MOST_NAME} characters long, Chinese ones {MOST_PART // 3}"
        )
    return "/".join(parts)
