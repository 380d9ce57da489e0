"""Runs the benchmarks: `python -m tests.benchmarks [--only NAME]`.

Tables for people first; the last lines are one JSON document per benchmark.
"""

import argparse
import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.table import Table


def main() -> None:
    """Runs what was asked for and prints what came out."""
    found = _benchmarks()
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", choices=sorted(found), action="append", metavar="NAME")
    wanted = parser.parse_args().only or sorted(found)
    console = Console(stderr=True)
    lines: list[str] = []
    for name in wanted:
        with _waiting(found[name], console):
            result = found[name].run()
        Console().print(_table(name, found[name], result))
        lines.append(json.dumps({"benchmark": name, **result}))
    sys.stdout.write("\n".join(lines) + "\n")


def _waiting(module: ModuleType, console: Console) -> AbstractContextManager[Any]:
    """A sign of life, unless the benchmark shows its own."""
    if getattr(module, "SHOWS_PROGRESS", False):
        return nullcontext()
    return console.status(f"{module.__name__} …")


def _benchmarks() -> dict[str, ModuleType]:
    """The modules of this folder that have a `run() -> dict`, by name."""
    names = [path.stem for path in Path(__file__).parent.glob("[!_]*.py")]
    modules = {name: importlib.import_module(f"tests.benchmarks.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "run")}


def _table(name: str, module: ModuleType, result: Mapping[str, Any]) -> Table:
    table = Table("", "", title=name, caption=(module.__doc__ or "").split("\n\n")[0])
    table.show_header = False
    for key, figure in _flat(result):
        table.add_row(key, figure)
    return table


def _flat(result: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, figure in result.items():
        if isinstance(figure, Mapping):
            yield from _flat(figure, f"{above}{key} · ")
        else:
            yield f"{above}{key}", str(figure)


if __name__ == "__main__":
    main()
