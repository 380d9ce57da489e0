"""The parts that are trained, in an order in which they can be, and how long each takes."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.toy.training import (
    autoencoder,
    codec,
    experts,
    films,
    hearing,
    preview,
    scorer,
    scorer_lessons,
    sight,
)
from pipeline.toy.training.workshop import Workshop

QUICK = 2
"""Steps of each part in a trial of the whole way."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is kept in the workshop under `name`; it can be made once what it needs lies there."""

    name: str
    make: Callable[[Workshop, int], None]
    steps: int
    """0 for what is calculated at once."""
    needs: tuple[str, ...] = ()

    def steps_to_make(self, quick: bool) -> int:
        return min(self.steps, QUICK) if quick else self.steps


PARTS = (
    Part("codec", codec.make, 0),
    Part("reader", experts.make_reader, 600),
    Part("high", experts.make_high, 1200, ("codec", "reader")),
    Part("decoder", autoencoder.make_decoder, 2600, ("codec",)),
    Part("corners", autoencoder.make_corners, 1300, ("decoder",)),
    Part("low", experts.make_low, 4800, ("high",)),
    Part("pieces", scorer.make_pieces, 0),
    Part("scorer", scorer_lessons.make, 2400, ("codec", "pieces")),
    Part("hearing", hearing.make, 900, ("scorer",)),
    Part("preview", preview.make, 1000, ("codec",)),
    Part("films", films.make, 2400, ("high", "low", "corners", "preview")),
    Part("more_films", films.make_more, 2400, ("high", "low", "corners", "preview")),
    Part("sight", sight.make, 3600, ("hearing", "films", "more_films")),
)


def named(name: str) -> Part:
    """Raises `LookupError` for an unknown name."""
    for part in PARTS:
        if part.name == name:
            return part
    raise LookupError(f"there is no part {name!r}")
