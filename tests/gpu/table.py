"""Writes what was measured as tables for the documents: `python -m tests.gpu.table FILE.json`.

What was not measured is not left out: it stands there with its reason.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.gpu import published
from tests.gpu.measured import Stages, costs
from tests.gpu.takes import ACCEPTED, CACHE, TAIL

PASSES = (
    ("torch_480p", (), "480p", "half precision, eager, torch's attention"),
    ("exact_480p", (), "480p", "half precision, eager, the farm's attention"),
    ("compiled_480p", (), "480p", "half precision, compiled: the exact path"),
    ("float8", ("480p",), "480p", "float8, compiled"),
    ("int8", ("480p",), "480p", "int8, compiled"),
    ("torch_720p", (), "720p", "half precision, eager, torch's attention"),
    ("compiled_720p", (), "720p", "half precision, compiled: the exact path"),
    ("float8", ("720p",), "720p", "float8, compiled"),
    ("int8", ("720p",), "720p", "int8, compiled"),
)
"""Stage, where in it, area, and what people read."""
VAE = (
    "encode float32",
    "decode float32",
    "decode bfloat16",
    "decode bfloat16, too little room",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.gpu.table", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE.json", help="What `make gpu` has written.")
    file = parser.parse_args().file
    try:
        found = json.loads(file.read_text())
        sys.stdout.write(table(found))
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(
            f"{file} is not what `make gpu` writes ({type(error).__name__}: {error}): name its gpu.json\n"
        )
        return 1
    return 0


def table(found: Mapping[str, Any]) -> str:
    """Markdown of what a measurement has written down."""
    stages: Stages = found["stages"]
    return "\n".join(
        [
            *_heading(found),
            "",
            *_takes(found),
            "",
            *_passes(stages),
            "",
            *_vae(stages),
            "",
            *_more(stages),
            *_not_measured(found),
            "",
        ]
    )


def _heading(found: Mapping[str, Any]) -> Iterator[str]:
    if found.get("tiny"):
        yield "**A rehearsal with a small model: its figures say nothing.**"
        yield ""
    memory = f" ({found['memory_gib']} GiB)" if found.get("memory_gib") else ""
    versions = ", ".join(
        f"{name} {found[name]}"
        for name in ("driver", "cuda", "cudnn", "torch", "diffusers", "cache-dit", "python")
        if found.get(name)
    )
    commit = f", commit `{found['commit']}`" if found.get("commit") else ""
    yield f"Measured on {found.get('card') or 'a CPU'}{memory} on {found['date']}{commit}, with weights"
    yield f"made by chance; {versions}."


def _takes(found: Mapping[str, Any]) -> Iterator[str]:
    yield from _head(
        "profile",
        "area",
        "s a take",
        "card s per accepted clip",
        "limit",
        "wanted",
        "best published",
    )
    for each in costs(found):
        seconds = (
            f"not measured ({each['missing']})" if each["seconds"] is None else each["seconds"]
        )
        yield _row(
            each["profile"],
            each["area"],
            seconds,
            each["per_accepted"],
            each["limit"],
            _wanted(each),
            each["best_published"],
        )
    yield ""
    yield (
        "A take is summed up of its measured parts, without its texts, which are kept from before. "
        f"Assumed are {TAIL['480p']:g} s of checks, score and film at 480p and {TAIL['720p']:g} at 720p, "
        f"which the card does not wait for, steps {CACHE:g} times as fast with a step cache, and "
        f"{ACCEPTED:.0%} of takes accepted. The limit is that of the steps alone on a Hopper card that did "
        "nothing but multiply."
    )


def _wanted(cost: Mapping[str, Any]) -> str | None:
    if cost["wanted"] is None:
        return None
    if cost["seconds"] is None:
        return str(cost["wanted"])
    over = cost["seconds"] - cost["wanted"]
    return f"{cost['wanted']}: " + ("reached" if over <= 0 else f"**missed by {over:.0f} s**")


def _passes(stages: Stages) -> Iterator[str]:
    yield from _head(
        "a pass through an expert", "area", "s", "TFLOP/s", "peak, GiB", "relative error"
    )
    for stage, keys, area, words in PASSES:
        result = _at(stages, stage, keys)
        whole = stages.get(stage, {})
        wrong = (
            whole.get("off_exact", whole.get("off_torchs_attention")) if area == "480p" else None
        )
        if "pass_s" in result:
            yield _row(
                words, area, result["pass_s"], result["tflops"], result.get("peak_gib"), wrong
            )


def _vae(stages: Stages) -> Iterator[str]:
    yield from _head("VAE", "area", "s", "peak, GiB", "")
    for area in published.LIMIT:
        for what in VAE:
            result = _at(stages, f"vae_{area}", (what,))
            if "s" in result:
                how = (
                    ("in one piece", "in tiles")[result["in_tiles"]] if "in_tiles" in result else ""
                )
                yield _row(what, area, result["s"], result.get("peak_gib"), how)


def _more(stages: Stages) -> Iterator[str]:
    yield from _head("what else", "figure")
    for area in published.LIMIT:
        for kernel, result in _at(stages, "attention", (area,)).items():
            told = result.get("tflops", result.get("not_here"))
            yield _row(f"attention alone, {area}, {kernel}, TFLOP/s", told)
    for stage in ("compiled_480p", "float8", "int8"):
        yield from _if_there(stages, stage, "compiled_in_s", f"compiling, {stage}, s")
    for stage in ("expert", "float8", "int8"):
        yield from _if_there(stages, stage, "weights_gib", f"weights of an expert, {stage}, GiB")
    yield from _if_there(stages, "draft", "denoise.s", "a draft, 4 steps with its still, s")
    yield from _if_there(stages, "draft", "decode.s", "its decode, s")
    yield from _if_there(stages, "draft", "denoise.peak_gib", "its peak, GiB")
    yield from _if_there(stages, "step_cache", "whole_step_s", "a step in one pass, whole, s")
    yield from _if_there(stages, "step_cache", "shortened_step_s", "shortened by a step cache, s")
    yield from _if_there(stages, "exchange", "one_way_s", "an exchange of experts, int8, s")
    for stage, within in (("take_in_24_gb", "24 GB, 480p"), ("take_in_80_gb", "80 GB, 720p")):
        for part in ("denoise", "decode"):
            for peak, words in (("peak_gib", "peak"), ("reserved_gib", "reserved")):
                told = f"within {within}: {part}, {words}, GiB"
                yield from _if_there(stages, stage, f"{part}.{peak}", told)


def _not_measured(found: Mapping[str, Any]) -> Iterator[str]:
    stages: Stages = found["stages"]
    for words, key in (("Left out", "left_out"), ("Failed", "error")):
        if reasons := [f"{name} ({each[key]})" for name, each in stages.items() if key in each]:
            yield ""
            yield f"{words}: {'; '.join(reasons)}."
    if not found.get("whole"):
        yield ""
        yield "The measurement was ended before it was through."


def _if_there(stages: Stages, stage: str, path: str, words: str) -> Iterator[str]:
    *above, last = path.split(".")
    value = _at(stages, stage, above).get(last)
    if value is not None:
        yield _row(words, value)


def _at(stages: Stages, stage: str, keys: Sequence[str]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = stages.get(stage, {})
    for key in keys:
        found = found.get(key, {})
    return found


def _head(*names: str) -> list[str]:
    return [_row(*names), "|---" * len(names) + "|"]


def _row(*cells: object) -> str:
    shown = ("" if cell is None else str(cell).replace("|", "\\|") for cell in cells)
    return "| " + " | ".join(shown) + " |"


if __name__ == "__main__":
    sys.exit(main())
