"""What a profile's scorer, its eye and its looks take of the card that renders: memory, calculated."""

from pathlib import Path

from pipeline.models import weights
from pipeline.models.device import is_cpu
from pipeline.profiles.profile import Profile

GIB = 2**30
CONTEXT = 0.6 * GIB
"""What CUDA itself takes of a card for each process, and cuDNN for its work."""
TWO_TOWERS = 2 * GIB
"""What is left for a scorer that compares pictures and words: CLIP-L takes 1.6 GiB in float32."""
QUESTIONS = 1 * GIB
"""What a model that answers questions takes beside its weights, for eight frames of 720p."""
EYE = 0.5 * GIB
"""What is left for a picture model: DINOv2-base takes 0.4 GiB in float32."""

LOOK = 0.5 * GIB
"""What is left for a look at an unfinished clip: the tiny decoder's weights, and a second of film."""


def on_card(profile: Profile, root: Path | None) -> int:
    """Bytes; of a model that answers questions, and that is not at hand, nothing is known yet."""
    eye = EYE if profile.clip.features else 0
    look = LOOK if profile.early.mode != "off" else 0
    return int(eye + look + of_scorer(profile, root))


def of_scorer(profile: Profile, root: Path | None) -> int:
    """Bytes that the scorer takes alone, in the worker's process or in its own, which may be anybody's
    neighbour."""
    section = profile.match
    if is_cpu(section.device):
        return 0
    process = CONTEXT if section.where == "own" else 0
    if section.kind == "clip":
        return int(process + TWO_TOWERS)
    folder = weights.at_hand(section.weights, root)
    return int(process + QUESTIONS + size_of(folder)) if folder else 0


def size_of(folder: Path) -> int:
    """Bytes of the weights in a folder, which are loaded in the precision that they are kept in."""
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))
