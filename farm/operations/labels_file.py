"""Reads a table of labelled clips: what each was to show, and whether a person finds it good."""

import codecs
import csv
import io
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

_SAID = re.compile(r"\"?sep=(.)\"?\r?\n", re.IGNORECASE)
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
    text = text[said.end() :] if said else text
    separator = said[1] if said else max(",;\t", key=text.partition("\n")[0].count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
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
    except csv.Error as error:
        raise Refused(
            f"{path} line {table.line_num}: it is torn ({error}); close each quotation mark, and write one "
            "within text twice"
        ) from error


def _text(path: Path, encoding: str | None) -> str:
    """The table as text, without the mark of its encoding. Raises `Refused`."""
    try:
        content = path.read_bytes()
        if content.startswith(_WORKBOOK):
            raise Refused(f"{path} is a workbook: save it as CSV (UTF-8)")
        wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return content.decode(encoding or ("utf-16" if wide else "utf-8")).removeprefix("\ufeff")
    except LookupError as error:
        raise Refused(f"there is no encoding {encoding!r}; name another, such as gbk") from error
    except UnicodeDecodeError as error:
        told = f"{path} is not {encoding or 'UTF-8'}: save it as UTF-8, or name its --encoding"
        raise Refused(told) from error
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror}): name a CSV file") from error
