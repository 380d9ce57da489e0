"""Finds the pictures that a shot list names or holds, and none outside the folders it may use."""

import difflib
import os
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from farm.shotlist.fields import Wrong, parts, text
from farm.shotlist.picture_folder import Keeper

_DRIVE = re.compile(r"(?:[A-Za-z]:[\\/]|\\\\|//)")
"""How a path on a Windows drive or share begins."""
LONGEST_SHOWN = 200
"""Characters of a name that a sentence repeats."""
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]+:/{2}|www\.|data:image/)", re.IGNORECASE)
"""How what is no file of a disk begins."""


@dataclass(frozen=True, slots=True)
class InCell:
    """Pictures that lie in a spreadsheet's cell, and the text that stands there, too."""

    pictures: tuple["Picture", ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a workbook. `content` is None where `fault` says why it cannot be had."""

    content: bytes | None
    suffix: str = ""
    fault: str = ""


class Places:
    """The folders that a shot list's pictures may come from.

    `path_map` names folders of this machine for the beginnings of paths of other ones. Pictures that lie in
    cells are put where `keeper` says.

    Asks `os.path`, not `Path`, what is there: a name of 2,000 characters is an answer, not an error.
    """

    def __init__(
        self,
        folder: Path,
        picture_roots: Sequence[Path],
        path_map: Mapping[str, Path] | None = None,
        keeper: Keeper | None = None,
    ) -> None:
        self._folder = folder.resolve()
        self._keeper = keeper or Keeper()
        self._map = {_start(begin): place for begin, place in (path_map or {}).items()}
        roots = [*picture_roots, *self._map.values()]
        self._allowed = [self._folder, *(root.resolve() for root in roots)]

    def image(self, value: object) -> Path:
        """The whole path, links resolved, of the one picture that a field names."""
        if isinstance(value, InCell):
            return self._only(value)
        name = text(value)
        if not name:
            raise Wrong("it is empty; name the start picture, relative to the shot list")
        return self._find(name)

    def alternates(self, value: object) -> tuple[Path, ...]:
        """The whole paths of further pictures."""
        if isinstance(value, InCell):
            named = tuple(self._find(name) for name in parts(value.text))
            return named + tuple(map(self._kept, value.pictures))
        return tuple(self._find(name) for name in parts(value))

    def _only(self, value: InCell) -> Path:
        if value.text.strip():
            raise Wrong(f"the cell holds a picture and says {value.text.strip()}; keep one of them")
        if len(value.pictures) != 1:
            raise Wrong(
                f"{len(value.pictures)} pictures lie in the cell; leave one, and put others into alternates"
            )
        return self._kept(value.pictures[0])

    def _kept(self, picture: Picture) -> Path:
        if picture.content is None:
            raise Wrong(picture.fault)
        return self._keeper.keep(picture.content, picture.suffix)

    def _find(self, name: str) -> Path:
        picture = self._follow(self._mapped(name))
        if self._may_use(picture):
            picture = _as_spelt(picture)
        if not self._may_use(picture):
            raise Wrong(
                f"{name} lies outside the shot list's folder; "
                "copy the picture into it, or add its folder to picture_roots"
            )
        if os.path.isdir(picture):
            raise Wrong(f"{name} is a folder; name the picture in it")
        if not os.path.isfile(picture):
            remedy = _suggestion(picture, self._allowed)
            raise Wrong(f"there is no picture {_shortened(name)}; {remedy}")
        return picture

    def _may_use(self, picture: Path) -> bool:
        return any(picture.is_relative_to(place) for place in self._allowed)

    def _mapped(self, name: str) -> str:
        """The path on this machine. The longest beginning in `path_map` counts, in any case of letters."""
        written, name = name.removeprefix("file:///"), _of_file_address(name)
        for spelt in (written, name):
            whole = _start(spelt)
            for begin in sorted(self._map, key=len, reverse=True):
                if whole == begin or whole.startswith(f"{begin}/"):
                    return str(self._map[begin].resolve()) + spelt.replace("\\", "/")[len(begin) :]
        if _ADDRESS.match(name) and not self._is_folder_too(name):
            raise Wrong(
                f"{_shortened(name)} is an address, and pictures are files; download the picture beside "
                "the list and name its file"
            )
        if _DRIVE.match(name) and os.name != "nt":
            raise Wrong(
                f"{name} is a path of a Windows machine; copy the picture beside the list, or say in "
                f"farm.toml where its beginning lies here: [path_map] '{_example(name)}' = \"/folder/here\""
            )
        return name

    def _is_folder_too(self, name: str) -> bool:
        """Whether what looks like an address begins with a folder beside the list: `www.site/a.png`."""
        first = name.replace("\\", "/").split("/")[0]
        return bool(first) and os.path.isdir(self._folder / first)

    def _follow(self, name: str) -> Path:
        """Where a name leads in the end. Spreadsheets on Windows write it with backslashes."""
        try:
            return (self._folder / name.replace("\\", "/")).resolve()
        except RuntimeError as error:
            raise Wrong(f"{name} is a link that leads nowhere; name the picture itself") from error


def _start(begin: str) -> str:
    """A path with slashes, without the last one, in small letters: Windows tells no case."""
    return begin.replace("\\", "/").rstrip("/").lower()


def _of_file_address(name: str) -> str:
    """The path that a `file://` address names; any other name as it is."""
    if not name.lower().startswith("file://"):
        return name
    path = unquote(name[len("file://") :]).removeprefix("localhost")
    if "\0" in path:
        raise Wrong(f"{_shortened(name)} holds a letter that no name can have; type it anew")
    if not path.startswith("/"):
        return f"//{path}"
    return path[1:] if _DRIVE.match(path[1:]) else path


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…"


def _example(name: str) -> str:
    """The folder of a Windows path."""
    return re.split(r"[\\/][^\\/]*$", name)[0]


def _as_spelt(picture: Path) -> Path:
    """The file of that name whether disk and list write its accents as one letter or as two, and whichever
    of the blanks they have that look the same: macOS puts a narrow one into the names of screenshots."""
    if os.path.exists(picture):
        return picture
    place = Path(picture.anchor)
    for part in picture.parts[1:]:
        place = _entry(place, part)
    return place.resolve() if os.path.exists(place) else picture


def _entry(folder: Path, name: str) -> Path:
    if os.path.exists(folder / name):
        return folder / name
    try:
        names = os.listdir(folder)
    except OSError:
        return folder / name
    wanted = unicodedata.normalize("NFC", name)
    same = [each for each in names if unicodedata.normalize("NFC", each) == wanted]
    if not same:
        looks = _looks(name)
        alike = [each for each in names if _looks(each) == looks]
        if len(alike) == 1:
            same = alike
    return folder / (same[0] if same else name)


def _looks(name: str) -> str:
    """A name as people see it: all blanks are one, and letters without a shape are none."""
    plain = unicodedata.normalize("NFC", name)
    return " ".join("".join(one for one in plain if unicodedata.category(one) != "Cf").split())


def _suggestion(picture: Path, allowed: Collection[Path]) -> str:
    """What is there by nearly that name, be it the folder that is spelt otherwise; of what lies outside the
    folders that may be used nobody is told."""
    missing = picture
    while not os.path.isdir(missing.parent) and missing not in allowed:
        missing = missing.parent
    if missing in allowed:
        return "put it there, or correct the name"
    spelt = {_folded(path.name): path.name for path in missing.parent.glob("*")}
    near = difflib.get_close_matches(_folded(missing.name), spelt, n=1)
    if not near:
        return "put it there, or correct the name"
    kind = "" if missing == picture else "the folder "
    return f"did you mean {kind}{spelt[near[0]]}?"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
