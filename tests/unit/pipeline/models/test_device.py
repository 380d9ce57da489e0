"""Nothing but the modules of the device asks torch which there are, and one alone compares their names."""

import re
from collections.abc import Collection
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
DEVICE = ROOT / "pipeline" / "models" / "device.py"
MEMORY = DEVICE.with_name("device_memory.py")
ASKING = re.compile(r"torch\.(cuda|accelerator|mps|xpu)\b|\bis_available\b")
NAMING = re.compile(r"""["']cuda|[!=]= ["']cpu["']""")


def found(pattern: re.Pattern[str], *folders: str, but: Collection[Path]) -> list[str]:
    """Every line that it is in, in Python files of these folders, but for those that may and this."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path not in {*but, Path(__file__)}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_nothing_else_asks_for_an_accelerator() -> None:
    assert found(ASKING, "pipeline", "farm", "tests", but=(DEVICE, MEMORY)) == []


def test_nothing_else_tells_devices_apart_by_name() -> None:
    assert found(NAMING, "pipeline", "farm", but=(DEVICE,)) == []


@pytest.mark.parametrize(
    ("pattern", "module"), [(ASKING, DEVICE), (ASKING, MEMORY), (NAMING, DEVICE)]
)
def test_what_is_looked_for_is_in_the_modules_that_may(
    pattern: re.Pattern[str], module: Path
) -> None:
    assert pattern.search(module.read_text(encoding="utf-8"))
