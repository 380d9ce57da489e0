"""The shot list that `farm demo` renders: coloured shapes, and wishes that fit, ramble or miss."""

from importlib import resources
from pathlib import Path

PRODUCTION = "demo"
DRAFTED = "sh030"
"""The shot that is drafted first."""


def folder() -> Path:
    """The folder of `shots.csv` and its stills, as they came with the package."""
    return Path(str(resources.files("farm.demo")))
