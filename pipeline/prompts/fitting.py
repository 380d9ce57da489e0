"""Fits what the signs of a main action weigh: `python -m pipeline.prompts.fitting [SETS] [--write]`.

It reads sets of labelled prompts (JSON with `prompts`: `id`, `prompt`, `core`, `must_keep`, `gone_l1`,
`gone_l3`, `findings`, `never`), leaves one set out after the other, tells how the others' weights fare
on it, and fits to all of them what `--write` keeps. The same sets give the same weights.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.prompts.grammar.prompt import parse
from pipeline.prompts.lint import lint
from pipeline.prompts.main_action import WEIGHTS, candidates, weighed_by
from pipeline.prompts.signs import SIGNS, signs
from pipeline.prompts.simplify import at_level, simplify

SETS = ("ad_prompts*.json", "led_up_prompts.json", "around_prompts.json")
"""What of a folder it fits to; `sequence_prompts.json` and the unseen ones are kept aside."""
PULL = 0.2
"""How strongly a weight is pulled to nothing: half of it times the square is its price."""
_STEPS = 50
_STILL = 1e-8

Row = Mapping[str, Any]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates of one prompt: which signs they have (candidates x signs), which may be chosen."""

    signs: Numbers
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fold:
    """How one set fares by weights that were fitted to all the others."""

    name: str
    size: int
    lost: tuple[str, ...]
    """Ids whose core is not left at L3, or that keep what must go."""
    misread: tuple[str, ...]
    """Ids that do not have the findings they should."""

    @property
    def core(self) -> float:
        return 1 - len(self.lost) / self.size

    @property
    def findings(self) -> float:
        return 1 - len(self.misread) / self.size


def load(folder: Path, names: Sequence[str] = SETS) -> dict[str, list[Row]]:
    """The labelled sets of a folder by name: a file, or each letter before the dash of its ids."""
    sets: dict[str, list[Row]] = {}
    for path in sorted(path for name in names for path in folder.glob(name)):
        for row in json.loads(path.read_text(encoding="utf-8"))["prompts"]:
            letter, dash, _ = str(row["id"]).partition("-")
            sets.setdefault(letter if dash else path.stem, []).append(row)
    return sets


def fit(rows: Sequence[Row]) -> dict[str, float]:
    """Sign → weight: conditional logistic regression, by Newton's steps from nothing."""
    return _fitted([choice for row in rows if (choice := _choice(row))])


def cross_validate(sets: Mapping[str, Sequence[Row]]) -> Iterator[Fold]:
    """Each set, read with what was fitted to the others."""
    chosen = {name: [c for row in rows if (c := _choice(row))] for name, rows in sets.items()}
    for left_out, rows in sets.items():
        others = [choice for name, each in chosen.items() if name != left_out for choice in each]
        with weighed_by(_fitted(others)):
            yield judged(left_out, rows)


def judged(name: str, rows: Sequence[Row]) -> Fold:
    """How a set fares with the weights in force."""
    lost = tuple(str(row["id"]) for row in rows if not _is_kept(row))
    misread = tuple(str(row["id"]) for row in rows if not _is_read(row))
    return Fold(name, len(rows), lost, misread)


def _is_kept(row: Row) -> bool:
    kept = simplify(row["prompt"], "L3", row["must_keep"]).text
    plain = simplify(row["prompt"], "L1", row["must_keep"]).text
    gone = all(words not in kept for words in row.get("gone_l3", ()))
    return row["core"] in kept and gone and all(words not in plain for words in row["gone_l1"])


def _is_read(row: Row) -> bool:
    codes = {finding.code for finding in lint(row["prompt"]).findings}
    return codes.issuperset(row["findings"]) and codes.isdisjoint(row["never"])


def _choice(row: Row) -> Choice | None:
    """What there is to choose in a prompt; None where nothing is, or nothing right."""
    prompt = at_level(parse(row["prompt"]), "L2", row["must_keep"])
    found = candidates(prompt, row["must_keep"])
    start = prompt.text.find(row["core"]) if row["core"] else -1
    end = start + len(row["core"])
    right = np.array([start >= 0 and c.start < end and start < c.end for c in found], bool)
    if len(found) < 2 or not right.any():
        return None
    told = signs(prompt, found, row["must_keep"])
    return Choice(np.array([[float(sign in each) for sign in SIGNS] for each in told]), right)


def _fitted(choices: Sequence[Choice]) -> dict[str, float]:
    weights = np.zeros(len(SIGNS))
    for _ in range(_STEPS):
        slope = PULL * weights
        bend = PULL * np.eye(len(SIGNS))
        for choice in choices:
            chance = _chances(choice.signs @ weights)
            likely = _chances(np.where(choice.right, choice.signs @ weights, -np.inf))
            slope += choice.signs.T @ (chance - likely)
            mean = chance @ choice.signs
            bend += (choice.signs.T * chance) @ choice.signs - np.outer(mean, mean)
        step = np.linalg.solve(bend, slope)
        weights -= step
        if np.abs(step).max() < _STILL:
            break
    return {
        sign: round(float(weight), 2) + 0.0 for sign, weight in zip(SIGNS, weights, strict=True)
    }


def _chances(worth: Numbers) -> Numbers:
    raised = np.exp(worth - worth.max())
    return raised / raised.sum()


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a line for each set that was left out, and the weights; writes them where asked."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.prompts.fitting", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument(
        "sets", nargs="?", type=Path, default=Path("tests/data"), help="their folder"
    )
    parser.add_argument("--write", action="store_true", help="keep the weights in the package")
    options = parser.parse_args(arguments)
    sets = load(options.sets)
    if not sets:
        sys.exit(f"{options.sets} holds no labelled prompts: name the folder with {SETS[0]}")
    texts = {row["id"]: row["prompt"] for rows in sets.values() for row in rows}
    for fold in cross_validate(sets):
        sys.stdout.write(_line(fold))
        for each in fold.lost + fold.misread:
            sys.stdout.write(f"    {each}  {texts[each]}\n")
    weights = fit([row for rows in sets.values() for row in rows])
    for sign, weight in sorted(weights.items(), key=lambda item: -item[1]):
        sys.stdout.write(f"{weight:6.2f}  {sign}\n")
    if options.write:
        WEIGHTS.write_text(document(weights), encoding="utf-8")
        sys.stdout.write(f"written to {WEIGHTS}\n")


def document(weights: Mapping[str, float]) -> str:
    """The file that ships."""
    about = "What each sign of a main action weighs, written by python -m pipeline.prompts.fitting."
    return json.dumps({"about": about, "weights": weights}, indent=1) + "\n"


def _line(fold: Fold) -> str:
    core, findings = fold.size - len(fold.lost), fold.size - len(fold.misread)
    return (
        f"without {fold.name}: core {core} of {fold.size} ({fold.core:.3f}), "
        f"findings {findings} of {fold.size} ({fold.findings:.3f})\n"
    )


if __name__ == "__main__":
    main()
