"""Holds any film against a prompt: a match of a film that no farm has rendered."""

from pathlib import Path

from PIL import Image

from pipeline.clips import film
from pipeline.result import Match
from pipeline.scoring import matching
from pipeline.scoring.protocol import Scorer
from pipeline.stills import crop
from pipeline.stills.prepare import open_upright


def match_of(scorer: Scorer, place: Path, prompt: str, still: Path | None = None) -> Match:
    """What the scorer says of the film at `place`, whose first frame stands for the still where there is
    none. A still of another shape is cropped to the film's.

    Raises `pipeline.clips.film.Unreadable`, and `ShotRejected` for the still.
    """
    frames = film.read(place)
    first = Image.fromarray(frames[0])
    picture = first if still is None else _fitted(still, first.size)
    before = matching.judge_still(scorer, picture, prompt)
    return matching.judge_clip(scorer, frames, picture, prompt, before)


def _fitted(still: Path, size: tuple[int, int]) -> Image.Image:
    source = open_upright(still)
    window = crop.largest(source.size, size[0] / size[1])
    return source.resize(size, Image.Resampling.LANCZOS, box=window)
