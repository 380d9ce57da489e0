"""What a ComfyUI graph renders, for people: its values in a column, then what the farm cannot do of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape

from farm.cli.context import command
from farm.cli.display.lint_text import COLOURS, WORDS
from farm.wording.amounts import counted

if TYPE_CHECKING:
    from farm.operations.comfy import Read
    from pipeline.comfy.experts import Expert
    from pipeline.comfy.reading import Reading

_LONGEST = 300
"""Characters of a text that are shown; --json has all."""


def show(found: "Read", profile: Path | None, shotlist: Path | None) -> None:
    """The values of a graph, the findings on it, and what was written."""
    console = Console(emoji=False, highlight=False)
    for name, value in _values(found.reading):
        shown = "[dim]not told[/]" if value is None else escape(_short(str(value)))
        console.print(f"[bold]{name:<13}[/] {shown}", soft_wrap=True)
    for each in found.reading.findings:
        where = f" (node {each.node})" if each.node else ""
        colour, word = COLOURS[each.severity], WORDS[each.severity]
        console.print(
            f"[{colour}]{word}[/] {each.code}{escape(where)}: {escape(each.message)}",
            soft_wrap=True,
        )
    if profile:
        console.print(f"{escape(str(profile))} is the profile.", soft_wrap=True)
    if shotlist:
        how = command("submit", str(shotlist), "--production", "NAME")
        console.print(f"{escape(str(shotlist))} is the shot list: {escape(how)}", soft_wrap=True)
    if not found.reading.honoured:
        errors = sum(each.severity == "error" for each in found.reading.findings)
        click.echo(
            f"farm: {counted(errors, 'thing')} the graph does and a clip of the farm would not",
            err=True,
        )


def _values(reading: "Reading") -> Iterator[tuple[str, Any]]:
    for name, expert in (("high noise", reading.high), ("low noise", reading.low)):
        yield name, expert and _expert(expert)
    yield "text encoder", reading.text_encoder
    yield "VAE", reading.vae
    parted = f", {reading.split} of them high noise" if reading.split is not None else ""
    yield "steps", reading.steps and f"{reading.steps}{parted}"
    yield "boundary", reading.boundary
    yield "shift", reading.shift
    yield "sampler", reading.sampler and f"{reading.sampler}, {reading.scheduler}"
    guidance = reading.cfg_high, reading.cfg_low
    yield "guidance", None if None in guidance else f"{guidance[0]:g} high, {guidance[1]:g} low"
    yield "seed", reading.seed
    size = reading.width, reading.height
    yield "size", None if None in size else f"{size[0]} x {size[1]}"
    yield "length", reading.frames and f"{reading.frames} frames at {reading.fps or '?'} fps"
    yield "still", reading.still
    yield "prompt", reading.prompt
    yield "negative", reading.negative


def _expert(expert: "Expert") -> str:
    loras = "".join(f" + {each.file} x {each.strength:g}" for each in expert.loras)
    return f"{expert.file or '?'}{loras}"


def _short(text: str) -> str:
    plain = "".join(each if each.isprintable() else " " for each in text)
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]} …"
