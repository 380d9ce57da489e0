"""One label on its way through the frames of a clip: by its pixels where they tell, else by reading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.clips import readings
from pipeline.clips.readings import Label, Reading, Shown
from pipeline.models.text_reader import SIDE, Line, Quad, TextReader
from pipeline.stills import found_again, spelling
from pipeline.stills.found_again import Luma, Piece

if TYPE_CHECKING:
    from pipeline.storage.files import Frames

ALIKE = 0.85
"""The correlation of a label's least like letter with the still's above which nothing need be read."""
NEAREST = 2
"""Lines of a frame that are read in search of one label."""
SIZES = (0.88, 1.6)
"""Shares of a label's width and height that what stands for it has: of a narrower line some is covered."""
INSIDE = 0.85
"""Share of a label that must be in the frame to be read."""
TIRED = 2
"""Frames in a row without the label after which no more lines are looked for where nobody has done so."""
UNLIKE = 0.2
"""The correlation of its least like letter below which it need not be read there."""
LIKELY = 0.4
"""The correlation below which the label is sought where it was rather than where it seems to be."""


@dataclass(eq=False)
class SeenFrame:
    """One frame; lines are looked for once, and read once."""

    number: int
    picture: "Frames"
    reader: TextReader
    side: int = SIDE
    wanted: bool = False
    """Whether its lines are looked for whatever becomes of the labels."""
    _read: dict[int, Line] = field(default_factory=dict)

    @cached_property
    def luma(self) -> Luma:
        return found_again.luma(self.picture)

    @cached_property
    def boxes(self) -> tuple[Quad, ...]:
        return self.reader.find(self.picture, self.side)

    @property
    def searched(self) -> bool:
        """Whether its lines are known already, or are to be known anyway."""
        return self.wanted or "boxes" in self.__dict__

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(self.line(number) for number in range(len(self.boxes)))

    def line(self, number: int) -> Line:
        """What is written in the box of this number."""
        if number not in self._read:
            [self._read[number]] = self.reader.read(self.picture, [self.boxes[number]])
        return self._read[number]

    def nearest(self, box: Quad) -> list[int]:
        """The numbers of the boxes, the nearest to this one first."""
        far = [float(np.linalg.norm(each.mean(0) - box.mean(0))) for each in self.boxes]
        return sorted(range(len(far)), key=far.__getitem__)

    def holds(self, box: Quad) -> bool:
        """Whether enough of the box is in the frame."""
        high, wide = self.picture.shape[:2]
        low, top = box.min(0), box.max(0)
        seen = np.minimum(top, [wide, high]) - np.maximum(low, 0)
        return bool((seen > 0).all() and np.prod(seen / np.maximum(top - low, 1)) >= INSIDE)


class Trail:
    """One label on its way through the frames."""

    def __init__(
        self, line: Line, kept: str, still: SeenFrame, sure: float, known: Sequence[Line]
    ) -> None:
        self._piece = found_again.cut_out(still.luma, line.box)
        self._text, self._kept, self._sure = line.text, kept, sure
        self._others = [spelling.folded(each.text) for each in known if each is not line]
        self._last, self._source, self._step = line.box, still.luma, np.zeros(2)
        self._readings: list[Reading] = []

    @property
    def label(self) -> Label:
        return Label(self._text, self._kept, tuple(self._readings))

    @property
    def box(self) -> Quad:
        """Where it was last seen."""
        return self._last

    @property
    def moved(self) -> NDArray[np.float32]:
        """How far it has gone since the still, x and y in pixels."""
        return self._last.mean(0) - self._piece.box.mean(0)

    def follow(self, frame: SeenFrame) -> None:
        """Looks for it in the next frame."""
        guess, alike = self._guess(frame)
        if alike >= ALIKE:
            self._seen(frame, guess)
            return
        wrong = ""
        for line, place in self._candidates(frame, guess, alike):
            shown = Shown.UNREAD
            if line.confidence >= self._sure:
                shown = readings.judged(line.text, self._text)
            if shown is Shown.SAME:
                self._seen(frame, place)
                return
            # What is read between the label's own edges may be half a hand: a line must be found there.
            found = place is not guess and self._stands_for(line, guess)
            if shown is Shown.OTHER and found and not wrong:
                wrong = line.text
        if not frame.holds(self._last + self._step.astype(np.float32)):
            self._readings.append(Reading(frame.number, Shown.OUTSIDE))
            return
        self._readings.append(Reading(frame.number, Shown.OTHER if wrong else Shown.UNREAD, wrong))

    def _guess(self, frame: SeenFrame) -> tuple[Quad, float]:
        sought = Piece(self._last, self._piece.cut)
        near, score = found_again.seek(sought, self._source, frame.luma)
        if score < LIKELY:  # it looks like nothing there: rather where it was
            near = self._last
        return found_again.settle(self._piece, frame.luma, near)

    def _candidates(
        self, frame: SeenFrame, guess: Quad, alike: float
    ) -> Iterator[tuple[Line, Quad]]:
        """What is written where it ought to be, then in the lines that are found nearby; with its place."""
        tired = len(self._readings) >= TIRED and all(
            each.shown in (Shown.OTHER, Shown.UNREAD) for each in self._readings[-TIRED:]
        )
        if alike > UNLIKE and frame.holds(guess):
            yield frame.reader.read(frame.picture, [_roomy(guess)])[0], guess
        if tired and not frame.searched:
            return
        for number in frame.nearest(guess)[:NEAREST]:
            yield frame.line(number), frame.boxes[number]
            if _over(frame.boxes[number], guess):  # this is what stands there; no other line is it
                return

    def _seen(self, frame: SeenFrame, box: Quad) -> None:
        self._readings.append(Reading(frame.number, Shown.SAME, self._text))
        self._step = box.mean(0) - self._last.mean(0)
        self._last, self._source = box, frame.luma

    def _stands_for(self, line: Line, guess: Quad) -> bool:
        """Whether a line stands where the label ought to, and is no other label's."""
        size, its = np.ptp(guess, axis=0), np.ptp(line.box, axis=0)
        near = np.abs(line.box.mean(0) - guess.mean(0)) <= np.maximum(size, size.min()) * 0.75
        as_large = (its >= SIZES[0] * size) & (its <= SIZES[1] * size)
        read = spelling.folded(line.text)
        others = any(spelling.unlike(read, each) <= readings.NEARLY for each in self._others)
        return bool(near.all() and as_large.all()) and not others


def _over(box: Quad, guess: Quad) -> bool:
    """Whether a box has its middle in another."""
    middle = box.mean(0)
    return bool((guess.min(0) <= middle).all() and (middle <= guess.max(0)).all())


def _roomy(box: Quad) -> Quad:
    """The box with some room around it, as the detector draws it."""
    middle = box.mean(0)
    return (middle + (box - middle) * np.array([1.04, 1.12])).astype(np.float32)
