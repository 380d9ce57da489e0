"""What was read of a graph, as the text of a profile like another one, and of a shot list."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.comfy.reading import Reading
from pipeline.comfy.samplers import SOLVERS
from pipeline.findings import Severity

COLUMNS = ("shot", "image", "prompt", "negative", "seconds", "seed", "aspect", "profile")
"""Of the shot list that is written, as the farm reads them."""
_AREA = "graph"
_NEEDED = ("steps", "boundary", "shift", "cfg_high", "cfg_low")
_TABLE = re.compile(r"\s*(\[\[?)([\w.]+)\]\]?")
_KEY = re.compile(r"\s*([\w-]+)\s*=")


def lacking(reading: Reading) -> list[str]:
    """The values without which there is no profile, by their names."""
    return [name for name in _NEEDED if getattr(reading, name) is None]


def profile(reading: Reading, like: str, name: str, source: str, loras: str) -> str:
    """A profile's TOML: the text `like` of another one, with the graph's values in their places.

    `source` is what the graph is called in its title; `loras` the folder that has the LoRAs' files.
    What the graph does and the profile does not stands above it. Raises `ValueError` where the graph lacks
    values that it takes.
    """
    if missing := lacking(reading):
        raise ValueError(f"the graph does not tell {', '.join(missing)}")
    values = _values(reading)
    values["", "name"], values["", "title"] = name, f"Like {source} in ComfyUI"
    body = _replaced(like.splitlines(), values, reading)
    return "\n".join([*_remarks(reading, source), *body, *_loras(reading, loras)])


def shotlist(reading: Reading, shot: str, profile: str | None) -> str:
    """A shot list in CSV with the graph's one shot; what the graph does not tell stays empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    size = reading.width and reading.height
    values: Mapping[str, Any] = {
        "shot": shot,
        "image": reading.still,
        "prompt": reading.prompt,
        "negative": None if profile else reading.negative,  # the profile has it
        "seconds": reading.seconds and round(reading.seconds, 4),
        "seed": reading.seed,
        "aspect": f"{reading.width}:{reading.height}" if size else None,
        "profile": profile,
    }
    writer.writerow("" if values[name] is None else values[name] for name in COLUMNS)
    return out.getvalue()


def _values(reading: Reading) -> dict[tuple[str, str], Any]:
    """By table and key."""
    order, corrector = SOLVERS.get(reading.sampler or "", (2, True))
    values: dict[tuple[str, str], Any] = {
        ("model", "boundary"): reading.boundary,
        ("sampler", "steps"): reading.steps,
        ("sampler", "flow_shift"): reading.shift,
        ("sampler", "cfg_high"): reading.cfg_high,
        ("sampler", "cfg_low"): reading.cfg_low,
        ("sampler", "solver_order"): order,
        ("sampler", "corrector"): corrector,
    }
    if reading.negative is not None:
        values["sampler", "negative"] = reading.negative
    if reading.fps:
        values["frame", "fps"] = reading.fps
    if reading.frames:
        values["frame", "default_frames"] = reading.frames
    if reading.width and reading.height:
        values["frame", "area"] = _AREA
        values["frame.areas", _AREA] = reading.width * reading.height
    return values


def _replaced(
    lines: list[str], values: dict[tuple[str, str], Any], reading: Reading
) -> Iterator[str]:
    """Lines of a profile with other values; keys that it has not come last in their tables."""
    for table, listed, own in _tables(lines):
        if listed and table == "model.loras":
            continue
        for line in own:
            key = _KEY.match(line)
            where = (table, key[1]) if key else None
            if listed:
                # Guidance does not act on models that were distilled to do without.
                if not (key and reading.cfg_high == 1 and key[1] in ("cfg_high", "cfg_low")):
                    yield line
            elif key and where in values:
                yield f"{key[1]} = {_toml(values.pop(where))}"
            elif where in (("frame", "max_frames"), ("frame", "longest_frames")):
                yield _at_least(line, reading.frames)
            elif where != ("", "stands_for"):
                yield line
        for where in [each for each in values if each[0] == table and not listed]:
            yield f"{where[1]} = {_toml(values.pop(where))}"
        yield ""


def _tables(lines: list[str]) -> Iterator[tuple[str, bool, list[str]]]:
    """A profile's tables: the name, whether it is one of several, and its lines without blanks after."""
    table, listed, own = "", False, list[str]()
    for line in lines:
        if head := _TABLE.match(line):
            yield table, listed, own
            table, listed, own = head[2], head[1] == "[[", list[str]()
        if line.strip():
            own.append(line)
    yield table, listed, own


def _at_least(line: str, frames: int | None) -> str:
    ((key, now),) = tomllib.loads(line).items()
    return line if not frames or frames <= now else f"{key} = {frames}"


def _remarks(reading: Reading, source: str) -> Iterator[str]:
    files = [each.file for each in (reading.high, reading.low) if each and each.file]
    yield f"# Read from {_one_line(source)} by `farm comfy read`."
    if files:
        yield f"# The graph's experts: {_one_line(', '.join(files))}."
    for each in reading.findings:
        if each.severity is not Severity.INFO:
            yield f"# Not as the graph: {_one_line(each.message)}"


def _loras(reading: Reading, folder: str) -> Iterator[str]:
    for name, expert in (("high", reading.high), ("low", reading.low)):
        for lora in expert.loras if expert else ():
            yield "[[model.loras]]"
            yield f'expert = "{name}"'
            yield f"weights = {_toml(folder)}"
            yield f"file = {_toml(lora.file.replace(chr(92), '/'))}"
            yield f"strength = {_toml(lora.strength)}"
            yield ""


def _one_line(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _toml(value: Any) -> str:
    """A value as TOML writes it; its basic strings are JSON's, but for DEL."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)
