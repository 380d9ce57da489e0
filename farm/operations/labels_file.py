"""Reads a table of labelled clips: what each was to show, and whether a person finds it good."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from farm.errors import Refused
from farm.shotlist import Problem

NEEDED = ("clip", "prompt", "good")
YES = frozenset("yes y true 1 good ok approved 是 好 对".split())
NO = frozenset("no n false 0 bad rejected 否 不好 坏 错".split())
MOST_SHOWN = 20
"""Bad rows that are told; of more only how many there are."""


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
    read = [_read(path, row, cells) for row, cells in _rows(path, encoding)]
    problems = [each for row in read if isinstance(row, list) for each in row]
    if problems:
        more = len(problems) - MOST_SHOWN
        told = [*map(str, problems[:MOST_SHOWN]), *([f"and {more} more"] if more > 0 else [])]
        raise Refused("\n".join(told))
    if not read:
        raise Refused(f"{path} has no row below its headings: put a clip into each")
    return [row for row in read if isinstance(row, LabelledClip)]


def _read(path: Path, row: int, cells: Mapping[str, str]) -> LabelledClip | list[Problem]:
    wrong = dict(_wrong(path.parent, cells))
    if wrong:
        return [Problem(path.name, row, field, message) for field, message in wrong.items()]
    return LabelledClip(
        row=row,
        clip=path.parent / cells["clip"],
        prompt=cells["prompt"],
        good=cells["good"].casefold() in YES,
        still=path.parent / cells["still"] if cells.get("still") else None,
    )


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
    if not (said := cells["good"].casefold()):
        yield "good", "it is empty; write yes or no, or take the row out"
    elif said not in YES | NO:
        yield "good", f"{cells['good']!r} is neither yes nor no; write one of them"


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # longer than any file's name
        return False


def _rows(path: Path, encoding: str | None) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows that are not empty, by the names of their columns. Raises `Refused`."""
    try:
        text = path.read_text(encoding=encoding or "utf-8-sig")
    except LookupError as error:
        raise Refused(f"there is no encoding {encoding!r}; name another, such as gbk") from error
    except UnicodeDecodeError as error:
        told = f"{path} is not {encoding or 'UTF-8'}: save it as UTF-8, or name its --encoding"
        raise Refused(told) from error
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror}): name a CSV file") from error
    separator = max(",;\t", key=text.partition("\n")[0].count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        names = [name.strip().casefold() for name in next(table, [])]
        if lacking := [name for name in NEEDED if name not in names]:
            raise Refused(
                f"{path} row 1: there is no column {lacking[0]!r}; the columns are clip, prompt, good "
                "and, where you like, still"
            )
        for row, cells in enumerate(table, start=2):
            if any(cell.strip() for cell in cells):
                found = dict(zip(names, map(str.strip, cells), strict=False))
                yield row, {**dict.fromkeys(NEEDED, ""), **found}
    except csv.Error as error:
        raise Refused(
            f"{path} row {table.line_num}: it is torn ({error}); save it as CSV anew"
        ) from error
