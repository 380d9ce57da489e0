"""What the lint says, for people: prompts with marks, advice on them and their stills, a better prompt."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import click
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape

from pipeline.findings import Severity

if TYPE_CHECKING:
    from farm.operations.lint import Linted
    from farm.shotlist import Problem
    from pipeline.findings import Finding
    from pipeline.prompts.lint import PromptFinding

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
WIDEST = 100
"""Cells of a line of a prompt."""

_PIECE = re.compile(r"\s*(?:[\u3400-\u9fff，。；：！？、]|[^\s\u3400-\u9fff，。；：！？、]+)|\s+")
_UNIT = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+(?:['’-]\w+)*|\s+|.", re.DOTALL)

Mark = tuple[str, int, int]
"""A number to show and the characters it is about."""


def show(linted: "Sequence[Linted]", problems: "Sequence[Problem]") -> None:
    """Prompts with something to say about them first to last, then the count."""
    console = Console(emoji=False, highlight=False)
    for each in linted:
        _show_prompt(console, each)
    for problem in problems:
        click.echo(f"farm: {problem}", err=True)
    console.print(_counted(linted))


def _show_prompt(console: Console, linted: "Linted") -> None:
    name = f"[bold]{escape(linted.shot)}[/]" if linted.shot else "[bold]prompt[/]"
    findings = _once_each(linted.report.findings)
    seen = [finding for each in linted.stills for finding in each.findings]
    if not findings and not seen:
        console.print(f"{name}  nothing to say")
        return
    console.print(name)
    width = min(WIDEST, max(console.width - 4, 20))
    marks = [(str(n), *span) for n, each in enumerate(findings, 1) for span in each[1]]
    for line in underlined(linted.prompt, marks, width):
        console.print(f"  {line}", markup=False, soft_wrap=True)
    for number, (finding, _) in enumerate(findings, 1):
        _show_finding(console, str(number), finding)
    for finding in seen:
        _show_finding(console, "-", finding)
    _show_better(console, linted)


def _show_finding(console: Console, mark: str, finding: "Finding") -> None:
    colour, word = COLOURS[finding.severity], WORDS[finding.severity]
    console.print(
        f"  {mark} [{colour}]{word}[/]  {escape(finding.message)} [dim]{finding.code}[/]",
        soft_wrap=True,
    )


def _show_better(console: Console, linted: "Linted") -> None:
    if linted.better != linted.prompt:
        changed = _one_line(difference(linted.prompt, linted.better))
        console.print(f"  better    [green]{escape(_one_line(linted.better))}[/]", soft_wrap=True)
        console.print(f"  changed   {changed}", soft_wrap=True)
    if linted.proposed:
        console.print(f"  proposed  [green]{escape(_one_line(linted.proposed))}[/]", soft_wrap=True)
    if linted.negative:
        console.print(f"  negative  {escape(linted.negative)}", soft_wrap=True)
    for each in linted.stills:
        if each.report and each.report.proposed:
            left, top, right, bottom = (round(edge) for edge in each.report.proposed)
            console.print(
                f"  crop      {escape(each.picture.name)}: {right - left} x {bottom - top} pixels "
                f"from {left}, {top}",
                soft_wrap=True,
            )
    console.print()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _once_each(
    findings: "Sequence[PromptFinding]",
) -> list[tuple["PromptFinding", list[tuple[int, int]]]]:
    """Findings that say the same of several places, said once with all of them."""
    places: dict[str, list[tuple[int, int]]] = {}
    first: dict[str, PromptFinding] = {}
    for each in findings:
        first.setdefault(each.message, each)
        places.setdefault(each.message, []).append((each.start, each.end))
    return [(first[message], spans) for message, spans in places.items()]


def underlined(text: str, marks: Sequence[Mark], width: int) -> Iterator[str]:
    """The text in lines of at most so many cells, and below each what is marked in it: `1~~~~`."""
    text = text.replace("\t", " ")
    for start, end in _lines(text, width):
        yield text[start:end].rstrip()
        here = [(name, max(a, start), min(b, end)) for name, a, b in marks if a < end and start < b]
        for row in _rows(here):
            yield _mark_line(text, start, row)


def _lines(text: str, width: int) -> Iterator[tuple[int, int]]:
    start = at = 0
    for piece in _PIECE.finditer(text):
        if "\n" in piece.group() or (
            at > start and cell_len(text[start : piece.end()].rstrip()) > width
        ):
            yield start, at
            start = piece.end() - len(piece.group().lstrip())
        at = piece.end()
    if start < len(text):
        yield start, len(text)


def _rows(marks: Sequence[Mark]) -> list[list[Mark]]:
    """The marks in as few rows as have room for them without touching."""
    rows: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda each: (each[1], -each[2])):
        free = next((row for row in rows if row[-1][2] <= mark[1]), None)
        if free is None:
            rows.append([mark])
        else:
            free.append(mark)
    return rows


def _mark_line(text: str, start: int, row: Sequence[Mark]) -> str:
    line = ""
    for name, first, last in row:
        line += " " * (cell_len(text[start:first]) - cell_len(line))
        cells = cell_len(text[first:last].rstrip())
        line += name[: max(cells, 1)].ljust(cells, "~")
    return line


def difference(before: str, after: str) -> str:
    """What goes and what comes, word by word, as rich markup: `[-gone-]`, `{+moved here+}`."""
    old, new = _UNIT.findall(before), _UNIT.findall(after)
    parts: list[str] = []
    plain = [[word.casefold() for word in words] for words in (old, new)]
    for tag, a, b, c, d in SequenceMatcher(None, *plain, autojunk=False).get_opcodes():
        gone, come = "".join(old[a:b]), "".join(new[c:d])
        if tag == "equal":
            parts.append(escape(come))
            continue
        if gone:
            parts.append(f"[red]{escape(f'[-{gone}-]')}[/]")
        if come:
            parts.append(f"[green]{escape('{+' + come + '+}')}[/]")
    return "".join(parts)


def _counted(linted: "Sequence[Linted]") -> str:
    counts = dict.fromkeys(Severity, 0)
    for each in linted:
        for finding, _ in _once_each(each.report.findings):
            counts[finding.severity] += 1
        for finding in (finding for still in each.stills for finding in still.findings):
            counts[finding.severity] += 1
    told = ", ".join(
        f"{counts[severity]} {WORDS[severity]}{'s' if counts[severity] != 1 else ''}"
        for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)
    )
    pictures = sum(len(each.stills) for each in linted)
    what = _several(len(linted), "prompt") + (
        f" and {_several(pictures, 'still')}" if pictures else ""
    )
    return f"{what}: {told}."


def _several(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"
