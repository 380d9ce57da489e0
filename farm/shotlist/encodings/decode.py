"""Finds the encoding of a file: by its mark, as UTF-8, or by what its text is likely to be."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from farm.errors import ShotListError
from farm.shotlist.encodings import likelihood as judging
from farm.shotlist.encodings import plausible
from farm.shotlist.headings import column
from farm.shotlist.headings import columns as known_columns

_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_PIECE = 1 << 16
"""Characters that are read at a time."""
SAMPLE = 8_000
"""Bytes of special lines that an encoding is judged by."""
BY_CHANCE = 6
"""Characters that may be UTF-8 by chance."""
SHOWN = 4
"""Readings that a person is shown to choose from."""
ALIASES = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "big5": "cp950",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""Encodings that are read by their larger kin, as Windows writes them."""

_ESCAPES = re.compile(rb"\x1b|~\{|\+[A-Za-z0-9/]{2,}-|\+[A-Za-z0-9/]{6,}")
"""How letters beyond ASCII begin in encodings that are made of ASCII."""
_NO_FILES = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
"""Codecs of Python in which nobody writes files."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file is read as text."""

    codec: str
    errors: str = "strict"
    """`surrogateescape` where a few bytes are broken: the fields that hold them are named."""
    guessed: str = ""
    """What it was taken for, as people call it, where the file itself does not tell."""
    said: bool = False
    """A person said so; nothing is doubted then."""

    def open(self, path: Path) -> TextIO:
        return path.open(encoding=self.codec, errors=self.errors, newline="")


def decode(path: Path, how: Encoding) -> str:
    """The whole text of a file."""
    return path.read_bytes().decode(how.codec, how.errors)


def encoding_of(path: Path, said: str | None = None) -> Encoding:
    """The encoding that is said, that the file tells, or that it is likely to be in.

    Raises `ShotListError`: for a name that is none, for bytes that are no text, and with likely readings
    where more than one may be meant.
    """
    if said is not None:
        return _said(path, said)
    with path.open("rb") as file:
        start = file.read(4096)
    for mark, codec in _MARKS.items():
        if start.startswith(mark):
            return _marked(path, Encoding(codec))
    if b"\x00" in start and (wide := _wide(path)):
        return wide
    if _is_text(path, "utf-8"):
        _refuse_chance(path)
        return _escaped(path, start) or Encoding("utf-8")
    if _is_nearly_utf8(path):
        return Encoding("utf-8", "surrogateescape")
    if b"\x00" in start:
        raise ShotListError(f'{path.name} is not readable as text: save it anew as "CSV UTF-8"')
    return _likeliest(path)


def _said(path: Path, name: str) -> Encoding:
    try:
        codec = codecs.lookup(name).name.replace("-", "_")
        if codec in _NO_FILES:
            raise LookupError(name)
        "a".encode(codec)
    except (LookupError, ValueError) as error:
        raise ShotListError(
            f"{name} is no encoding the farm knows; write one such as gbk, big5, shift_jis, cp1252 or utf-8"
        ) from error
    with path.open("rb") as file:
        start = file.read(4)
    if codec == "utf_8" and start.startswith(codecs.BOM_UTF8):
        codec = "utf_8_sig"
    if codec == "utf_16" and not any(map(start.startswith, _MARKS)):
        codec = "utf_16_le"
    return _marked(path, Encoding(ALIASES.get(codec, codec), said=True), name)


def _marked(path: Path, how: Encoding, name: str = "") -> Encoding:
    """Checks that the whole file can be read so, or names the first line that cannot."""
    if not _is_text(path, how.codec):
        raise ShotListError(
            f"{path.name}{_first_broken(path, how.codec)} is not {name or how.codec}: "
            'name the encoding it is in with --encoding, or save it anew as "CSV UTF-8"'
        )
    return how


def _first_broken(path: Path, codec: str) -> str:
    if codec.replace("-", "_").startswith(("utf_16", "utf_32")):
        return ""
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            line.decode(codec)
        except UnicodeError:
            return f" line {number}"
    return ""


def _is_text(path: Path, codec: str) -> bool:
    try:
        with path.open(encoding=codec, newline="") as file:
            for _ in iter(partial(file.read, _PIECE), ""):
                pass
    except UnicodeError:
        return False
    return True


def _wide(path: Path) -> Encoding | None:
    """UTF-16 without its mark: every second byte of a comma is zero."""
    start = path.read_bytes()[: 2 * _PIECE]
    for codec in ("utf-16-le", "utf-16-be"):
        try:
            text = start[: len(start) // 2 * 2].decode(codec)
        except UnicodeError:
            continue
        if "\0" not in text and plausible.oddities(text) <= judging.ODD and _is_text(path, codec):
            return Encoding(codec)
    return None


def _escaped(path: Path, start: bytes) -> Encoding | None:
    """ISO-2022, HZ and UTF-7 are made of ASCII alone."""
    if not start.isascii() or not _ESCAPES.search(start):
        return None
    import chardet

    told = chardet.detect(start, compat_names=False)["encoding"] or ""
    codec = told if told.startswith(("iso2022", "hz", "utf-7")) else ""
    if codec and _is_text(path, codec):
        return Encoding(codec, guessed=codec)
    return None


def _refuse_chance(path: Path) -> None:
    """A few Chinese characters in GBK are UTF-8 by chance: 猫 is è. Refuses where nothing tells."""
    if path.stat().st_size > SAMPLE:
        return
    lines = list(_special_lines(path))
    cells = [cell for _, line in lines for cell in known_columns(line.decode())]
    special = [cell for cell in cells if not cell.isascii()]
    letters = "".join(special)
    alone = all(not any(one.isascii() and one.isalpha() for one in cell) for cell in special)
    if not special or not alone or len(letters) > BY_CHANCE or max(letters) > "\u07ff":
        return
    found = judging.readings(b"\n".join(line for _, line in lines))
    chinese = [one for one in found if one.encoding == "gb18030" and one.possible]
    if chinese:
        plain = judging.Reading(
            "utf-8", b"\n".join(line for _, line in lines).decode(), 0, True, True
        )
        raise ShotListError(_choice(path, lines[0], [plain, *chinese]))


def _is_nearly_utf8(path: Path) -> bool:
    """Whether bytes beyond ASCII are UTF-8 but for a few: other encodings look like it by chance alone."""
    good = bad = 0
    with Encoding("utf-8", "surrogateescape").open(path) as file:
        for piece in iter(partial(file.read, _PIECE), ""):
            broken = sum("\udc80" <= one <= "\udcff" for one in piece)
            bad += broken
            good += sum(not one.isascii() for one in piece) - broken
    return bad * 4 <= good


def _likeliest(path: Path) -> Encoding:
    lines = list(_special_lines(path))
    found = judging.readings(b"\n".join(line for _, line in lines))
    found = [one for one in found if _is_text(path, one.encoding)]
    best = _by_header(found) or judging.surest(found)
    if best is None:
        raise ShotListError(_choice(path, lines[0], found))
    return Encoding(best.encoding, guessed=best.name)


def _special_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not plain ASCII, with their numbers, as many as are needed to judge."""
    size = 0
    seen = set[bytes]()
    with path.open("rb") as file:
        for number, line in enumerate(file.read().splitlines(), start=1):
            if not line.isascii() and line not in seen:
                seen.add(line)
                yield number, line
                size += len(line)
                if size > SAMPLE:
                    return


def _by_header(found: list[judging.Reading]) -> judging.Reading | None:
    """The only reading that has two columns of shot lists in one line, in letters that are not ASCII."""
    named = [one for one in found if any(map(_names_columns, one.text.splitlines()))]
    return named[0] if len(named) == 1 else None


def _names_columns(line: str) -> bool:
    cells = [cell.strip(' "') for cell in known_columns(line)]
    return sum(not cell.isascii() and column(cell) is not None for cell in cells) > 1


def _choice(path: Path, line: tuple[int, bytes], found: list[judging.Reading]) -> str:
    """The sentence that shows what the first special line may say."""
    number, content = line
    shown: dict[str, str] = {}
    for one in found:
        excerpt = _excerpt(content.decode(one.encoding, "replace"))
        shown.setdefault(excerpt, one.encoding)
    choices = [f'  --encoding {codec}: "{text}"' for text, codec in list(shown.items())[:SHOWN]]
    if not choices:
        return f'{path.name} is not readable as text: save it anew as "CSV UTF-8"'
    return "\n".join(
        [
            f"{path.name} is in an encoding that too little tells of. Its line {number} may say",
            *choices,
            'choose one of these, or save it anew as "CSV UTF-8"',
        ]
    )


def _excerpt(line: str) -> str:
    """The surroundings of the first character that is not ASCII."""
    at = next((place for place, one in enumerate(line) if not one.isascii()), 0)
    part = line[max(0, at - 20) : at + 30]
    return "".join(one if one.isprintable() else "�" for one in part).strip()
