"""Reads a table of labelled clips: what each was to show, and whether a person finds it good."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from farm.errors import Refused, ShotListError
from farm.shotlist import Problem, fields, headings, other_table

NEEDED = ("clip", "prompt", "good")
COLUMNS = (*NEEDED, "still")
YES = frozenset("yes y true 1 1.0 good ok approved pass 是 是的 好 对 合格 通过".split())
NO = frozenset("no n false 0 0.0 bad rejected fail 否 不是 不好 坏 错 不合格 不通过".split())
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


def read(
    path: Path,
    encoding: str | None = None,
    on_note: Callable[[str], object] = lambda _: None,
) -> list[LabelledClip]:
    """The rows of a CSV with the columns clip, prompt, good and, where there is one, still.

    Files are looked for beside the table; `on_note` hears what a person should know of how it was read.
    Raises `Refused` with every bad row: file, row, field, remedy.
    """
    read = list(_rows(path, encoding, on_note))
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


def _rows(
    path: Path, encoding: str | None, on_note: Callable[[str], object]
) -> Iterator[LabelledClip | list[Problem]]:
    """Rows that are not empty, or what is wrong with them. Raises `Refused`."""
    try:
        records, notes = other_table(path, _column, encoding)
    except ShotListError as error:
        raise Refused(str(error)) from error
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror}): name a CSV file") from error
    header = next(records, (1, []))
    if isinstance(header, Problem):
        raise Refused(str(header))
    names = [_column(str(cell)) for cell in header[1]]
    if lacking := [name for name in NEEDED if name not in names]:
        raise Refused(
            f"{path} row {header[0]}: there is no column {lacking[0]!r}; the columns are clip, prompt, "
            "good and, where you like, still"
        )
    if twice := [name for name in COLUMNS if names.count(name) > 1]:
        raise Refused(f"{path} row {header[0]}: two columns are called {twice[0]!r}; take one out")
    for note in notes:
        on_note(note)
    for record in records:
        yield [record] if isinstance(record, Problem) else _read(path, *record, names)


def _column(heading: str) -> str | None:
    return name if (name := headings.spelt(heading)) in COLUMNS else None


def _read(
    path: Path, row: int, cells: Sequence[object], names: Sequence[str | None]
) -> LabelledClip | list[Problem]:
    """A row, or what is wrong with it."""
    said: dict[str, str] = dict.fromkeys(COLUMNS, "")
    wrong: dict[str | None, str] = {}
    for name, cell in zip(names, cells, strict=False):
        try:
            if name:
                said[name] = "\n".join(fields.text(cell).splitlines())
        except fields.Wrong as reason:
            wrong[name] = str(reason)
    wrong = {**dict(_wrong(path.parent, said)), **wrong}
    if beyond := [cell for cell in map(str, cells[len(names) :]) if cell.strip()]:
        # Half of a prompt would be judged in silence.
        wrong[None] = (
            f"it has more cells than headings, from {beyond[0]!r} on; put quotation marks around a prompt "
            "that has commas in it"
        )
    if wrong:
        return [Problem(path.name, row, field, message) for field, message in wrong.items()]
    return LabelledClip(
        row=row,
        clip=path.parent / said["clip"],
        prompt=said["prompt"],
        good=_said(said) in YES,
        still=path.parent / said["still"] if said["still"] else None,
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
        name = cells[field]
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
