"""Reads a table of labelled clips: what each was to show, and whether a person finds it good."""

import codecs
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from farm.errors import Refused
from farm.shotlist import Problem

NEEDED = ("clip", "prompt", "good")
YES = frozenset("yes y true 1 1.0 good ok approved pass 是 是的 好 对 合格 通过".split())
NO = frozenset("no n false 0 0.0 bad rejected fail 否 不是 不好 坏 错 不合格 不通过".split())
MOST_SHOWN = 20
"""Bad rows that are told; of more only how many there are."""

_SAID = re.compile(r"\"?sep=([^\"\n])\"?\n", re.IGNORECASE)
"""The first line by which Excel is told what parts the columns; it is no row."""
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of spreadsheets begin that are no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledClip:
    """A row: a film that a person has judged."""

    row: int
    """As a spreadsheet counts."""
    clip: Path
    prompt: str
    good: bool
    still: Path | None = None

    @property
    def shot(self) -> str:
        """Films of one prompt and still are of one shot."""
        return f"{self.still or ''}|{self.prompt}"


def read(path: Path, encoding: str | None = None) -> list[LabelledClip]:
    """The rows of a CSV with the columns clip, prompt, good and, where there is one, still.

    Files are looked for beside the table. Raises `Refused` with every bad row: file, row, field, remedy.
    """
    read = [_read(path, *row) for row in _rows(path, encoding)]
    labelled = [row for row in read if isinstance(row, LabelledClip)]
    problems = [each for row in read if isinstance(row, list) for each in row]
    problems = sorted([*problems, *_told_twice(path, labelled)], key=lambda each: each.row)
    refuse(problems)
    if not labelled:
        raise Refused(f"{path} has no row below its headings: put a clip into each")
    return labelled


def refuse(problems: Sequence[Problem]) -> None:
    """Raises `Refused` with the first of them, where there are any."""
    if problems:
        more = len(problems) - MOST_SHOWN
        told = [*map(str, problems[:MOST_SHOWN]), *([f"and {more} more"] if more > 0 else [])]
        raise Refused("\n".join(told))


def _read(
    path: Path, row: int, cells: Mapping[str, str], beyond: Sequence[str]
) -> LabelledClip | list[Problem]:
    """A row, or what is wrong with it; `beyond` are its cells that have no heading."""
    wrong: dict[str | None, str] = dict(_wrong(path.parent, cells))
    if beyond:
        # Half of a prompt would be judged in silence.
        wrong[None] = (
            f"it has more cells than headings, from {beyond[0]!r} on; put quotation marks around a prompt "
            "that has commas in it"
        )
    if wrong:
        return [Problem(path.name, row, field, message) for field, message in wrong.items()]
    return LabelledClip(
        row=row,
        clip=path.parent / cells["clip"],
        prompt=cells["prompt"],
        good=_said(cells) in YES,
        still=path.parent / cells["still"] if cells.get("still") else None,
    )


def _told_twice(path: Path, rows: Sequence[LabelledClip]) -> Iterator[Problem]:
    """Rows of a clip, prompt and still that a row above has: two of them are no more evidence than one."""
    first: dict[tuple[Path, str, Path | None], LabelledClip] = {}
    for row in rows:
        one = first.setdefault((row.clip.resolve(), row.prompt, row.still), row)
        if one is not row:
            word = "yes" if one.good else "no"
            told = f"row {one.row} says {word} of the same clip and prompt; a clip counts once"
            yield Problem(path.name, row.row, "clip", f"{told}: take one out")


def _said(cells: Mapping[str, str]) -> str:
    return unicodedata.normalize("NFKC", cells["good"]).casefold()


def _wrong(folder: Path, cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Fields of a row that will not do, each with why and the remedy."""
    for field in ("clip", "still"):
        name = cells.get(field, "")
        if name and not _is_file(folder / name):
            yield field, f"there is no file {folder / name}; paths are read from the table's folder"
    if not cells["clip"]:
        yield "clip", "it is empty; name a film file"
    if not cells["prompt"]:
        yield "prompt", "it is empty; write what the clip was to show"
    if not (said := _said(cells)):
        yield "good", "it is empty; write yes or no, or take the row out"
    elif said not in YES | NO:
        yield "good", f"{cells['good']!r} is neither yes nor no; write one of them"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # longer than any file's name
        return False


def _rows(
    path: Path, encoding: str | None
) -> Iterator[tuple[int, dict[str, str], tuple[str, ...]]]:
    """Rows that are not empty, by the names of their columns, and their cells beyond those. Raises
    `Refused`."""
    text = _text(path, encoding)
    said = _SAID.match(text)
    separator = said[1] if said else max(",;\t", key=text.partition("\n")[0].count)
    table = _parted(path, text, said.end() if said else 0, separator)
    names = [name.strip().casefold() for name in next(table, [])]
    if lacking := [name for name in NEEDED if name not in names]:
        raise Refused(
            f"{path} row 1: there is no column {lacking[0]!r}; the columns are clip, prompt, good "
            "and, where you like, still"
        )
    if twice := [name for name in (*NEEDED, "still") if names.count(name) > 1]:
        raise Refused(f"{path} row 1: two columns are called {twice[0]!r}; take one out")
    for row, cells in enumerate(table, start=2):
        if any(cell.strip() for cell in cells):
            found = dict(zip(names, map(str.strip, cells), strict=False))
            beyond = tuple(cell for cell in cells[len(names) :] if cell.strip())
            yield row, {**dict.fromkeys(NEEDED, ""), **found}, beyond


def _parted(path: Path, text: str, at: int, separator: str) -> Iterator[list[str]]:
    """The cells of each row, from a place of the text on. What stands behind the quotation mark that ends
    a cell belongs to it, too. Raises `Refused`.

    `csv` either passes over a mark that is never closed, or refuses a blank behind one that is.
    """
    apart = re.escape(separator)
    cell = re.compile(rf'"((?:[^"]++|"")*+)"([^{apart}\n]*)|(?!")([^{apart}\n]*)')
    cells: list[str] = []
    while at < len(text):
        found = cell.match(text, at)
        quoted, plain = (found[1], found[2] or found[3] or "") if found else (None, "")
        # A mark that is left open ends at the first of a later row, and text follows.
        if found is None or (quoted and "\n" in quoted and plain.strip()):
            line = text.count("\n", 0, found.end(1) if found else len(text.rstrip())) + 1
            raise Refused(
                f"{path} line {line}: it is torn (the quotation mark in line "
                f"{text.count(chr(10), 0, at) + 1} is not closed); close each quotation mark, and write "
                "one within text twice"
            )
        cells.append((quoted or "").replace('""', '"') + plain)
        at = found.end() + 1
        if text[found.end() : at] != separator:
            yield cells
            cells = []
    if cells:
        yield cells


def _text(path: Path, encoding: str | None) -> str:
    """The table as text, its lines ended by \\n, without the mark of its encoding. Raises `Refused`."""
    name = encoding or "UTF-8"
    try:
        content = path.read_bytes()
        if content.startswith(_WORKBOOK):
            raise Refused(f"{path} is a workbook: save it as CSV (UTF-8)")
        if encoding is None and content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            name = "UTF-16"
        text = content.decode(name).removeprefix("\ufeff")
        return text.replace("\r\n", "\n").replace("\r", "\n")
    except LookupError as error:
        raise Refused(f"there is no encoding {encoding!r}; name another, such as gbk") from error
    except UnicodeError as error:
        told = f"{path} is not {name}: save it as UTF-8, or name its --encoding"
        raise Refused(told) from error
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror}): name a CSV file") from error
