"""The shot list that `farm demo` renders: coloured shapes, and wishes that fit, ramble or miss."""

from importlib import resources
from pathlib import Path

PRODUCTION = "demo"
DRAFTED = "sh030"
"""The shot that is drafted first."""
LETTERED = "sh160", "sh170"
"""The shots of a product with its name on it: one that keeps it, and one that loses it."""
LETTERED_PROFILE = "toy-lettered"
"""What they are made with: larger than the others, so that letters can be read."""


def folder() -> Path:
    """The folder of `shots.csv` and its stills, as they came with the package."""
    return Path(str(resources.files("farm.demo")))
