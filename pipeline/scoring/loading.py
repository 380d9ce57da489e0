"""Loads the scorer that a profile names: finds its weights, and the device that it wants."""

from pathlib import Path

from pipeline.models import device, weights
from pipeline.profiles.match_section import MatchSection
from pipeline.scoring import matching
from pipeline.scoring.protocol import Scorer


def load(section: MatchSection, root: Path | None) -> Scorer:
    """The section's scorer. `root` is the folder that weights are looked for in before any hub.

    Raises `RenderFault` with a sentence where its folder or the device will not do.
    """
    place = device.chosen(section.device)
    return matching.load(section, weights.folder(section.weights, root), place)
