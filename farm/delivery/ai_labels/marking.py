"""Puts the implicit label into a film, and takes the recipe out of one; frames stay what they are."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from farm import __version__
from farm.delivery import film_boxes
from farm.delivery.ai_labels import values
from farm.delivery.ai_labels.values import Origin
from farm.delivery.film_boxes import DamagedFilm
from farm.delivery.steps import SHOTFARM, Step
from farm.errors import Refused
from pipeline.clips.encode import metadata_of
from pipeline.storage.checksums import BLOCK

TOOL = f"{SHOTFARM} {__version__}"
CONTAINERS_OWN = ("major_brand", "minor_version", "compatible_brands")
"""What ffmpeg copies from a film's first box into its tags, where it says nothing."""
TITLE = "title"
"""What stays of a clip's own words where its recipe is taken out: production, shot and take."""
_TELLING = 8
"""Bytes; words shorter than that may stand anywhere by chance."""


class Mark:
    """Labels a film as made by a model: the key `AIGC`, and IPTC's source type as XMP."""

    def __init__(self, origin: Origin) -> None:
        self._label = values.aigc(origin)
        self.wanted = Step(
            "mark",
            TOOL,
            {values.KEY: self._label, "digital_source_type": values.SOURCE_TYPE},
        )

    def __call__(self, source: Path, to: Path) -> Step:
        """Raises `Refused` where the source is no film of boxes, or another program could not read the
        label back."""
        try:
            said = film_boxes.described(source).tags
            tags = {key: text for key, text in said.items() if key not in CONTAINERS_OWN}
            film_boxes.rewrite(source, to, tags | {values.KEY: self._label}, values.xmp())
        except DamagedFilm as error:
            raise Refused(f"it cannot be labelled: {error}") from error
        if _read_back(to).get(values.KEY) != self._label:
            raise Refused("it cannot be labelled: the label does not read back")
        return self.wanted


class WithholdRecipe:
    """Takes prompt and recipe out of a film: all that it says of itself but its title."""

    def __init__(self) -> None:
        self.wanted = Step("strip", TOOL, {"kept": [TITLE]})

    def __call__(self, source: Path, to: Path) -> Step:
        """Raises `Refused` where the source is no film of boxes, or something of the recipe is left."""
        try:
            said = film_boxes.described(source).tags
            kept = {key: text for key, text in said.items() if key == TITLE}
            film_boxes.rewrite(source, to, kept)
        except DamagedFilm as error:
            raise Refused(f"its recipe cannot be taken out: {error}") from error
        withheld = [text for key, text in said.items() if key not in {*kept, *CONTAINERS_OWN}]
        if left := _left(_read_back(to), to, withheld):
            raise Refused(f"its recipe cannot be taken out: {left} is still there")
        return self.wanted


def _read_back(film: Path) -> Mapping[str, str]:
    """As a reader that is not our writer finds it."""
    try:
        return metadata_of(film)
    except (OSError, ValueError) as error:
        raise Refused(f"what came of it cannot be read: {error}") from error


def _left(tags: Mapping[str, str], film: Path, withheld: Iterable[str]) -> str:
    """What of the withheld words is left in a film; empty where nothing is."""
    if keys := set(tags) - {TITLE, *CONTAINERS_OWN}:
        return f"the key {min(keys)}"
    words = [text.encode() for text in withheld if len(text.encode()) >= _TELLING]
    return "what it said of itself" if holds_any(film, words) else ""


def holds_any(film: Path, words: Iterable[bytes]) -> bool:
    """Whether any of these stands anywhere in a file."""
    wanted = tuple(words)
    overlap = max(map(len, wanted), default=0)
    before = b""
    with film.open("rb") as file:
        while block := file.read(BLOCK):
            window = before + block
            if any(each in window for each in wanted):
                return True
            before = window[-overlap:] if overlap else b""
    return False
