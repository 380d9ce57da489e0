"""One module alone knows of devices: nothing else asks torch which there are, or compares their names."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
DEVICE = ROOT / "pipeline" / "models" / "device.py"
ASKING = re.compile(r"torch\.(cuda|accelerator|mps|xpu)\b|\bis_available\b")
NAMING = re.compile(r"""["']cuda|[!=]= ["']cpu["']""")


def found(pattern: re.Pattern[str], *folders: str) -> list[str]:
    """Every line that it is in, in Python files of these folders, but for the two of the device."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path not in (DEVICE, Path(__file__))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_nothing_else_asks_for_an_accelerator() -> None:
    assert found(ASKING, "pipeline", "farm", "tests") == []


def test_nothing_else_tells_devices_apart_by_name() -> None:
    assert found(NAMING, "pipeline", "farm") == []


@pytest.mark.parametrize("pattern", [ASKING, NAMING])
def test_what_is_looked_for_is_in_the_module_that_may(pattern: re.Pattern[str]) -> None:
    assert pattern.search(DEVICE.read_text(encoding="utf-8"))
