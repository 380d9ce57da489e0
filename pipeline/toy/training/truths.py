"""What may truly be said of a clip or a still, by what measuring finds in it.

A picture tower is taught by these: where a clip lies on the edge between two motions, it is told neither.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from pipeline.toy.measuring import Measured
from pipeline.toy.world import Scene

Moves = tuple[str, ...]
Subject = tuple[str, str]
"""A colour and a shape."""
SURE = 0.08
"""So much nearer than the next one is a motion that is told of."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a clip or a still."""

    subject: Subject
    """In the still, or in the clip's first frame; empty words where there is none."""
    right: frozenset[Moves] = frozenset()
    """What it does; nothing where it does not stay itself."""
    unsure: frozenset[Moves] = frozenset()
    """What it does by one way to look at it."""
    still: bool = False
    """A still shows a subject, whatever is said to become of it."""
    clear: bool = True
    """Whether anybody is told anything of it."""

    def verdict(self, said: Scene) -> int:
        """1 where what is said is true, -1 where it is not, 0 where nobody is told."""
        if not self.clear:
            return 0
        if (said.colour, said.shape) != self.subject:
            return -1
        if self.still or said.moves in self.right:
            return 1
        return 0 if said.moves in self.unsure else -1


def of_still(measured: Measured, number: int, unclear: Set[int]) -> Truth:
    """Of one frame of a clip."""
    look = measured.looks[number]
    return Truth((look.colour, look.shape), still=True, clear=number not in unclear)


def of_clip(measured: Measured, scene: Scene, unclear: Set[int]) -> Truth:
    """Of a whole clip that begins with the scene's subject."""
    subject = scene.colour, scene.shape
    last = len(measured.looks) - 1
    if not measured.kept(scene) or measured.jumped:
        # Where the shape could be called either way, a motion that is wrong is wrong all the same.
        doubtful = last in unclear and not measured.jumped
        return Truth(subject, unsure=_done(measured) if doubtful else frozenset())
    right, unsure = _moves(measured)
    if last in unclear:
        right, unsure = frozenset[Moves](), unsure | right
    return Truth(subject, right, unsure - right)


def _done(measured: Measured) -> frozenset[Moves]:
    right, unsure = _moves(measured)
    return right | unsure


def _moves(measured: Measured) -> tuple[frozenset[Moves], frozenset[Moves]]:
    """What it does, and what it may be said to do."""
    (whole,), (first, second) = measured.distances(1), measured.distances(2)
    right, unsure = set[Moves](), set[Moves]()
    halves = (_nearest(first)[0], _nearest(second)[0])
    staged = halves[0] != halves[1] and "rest" not in halves
    if staged:
        # Said of a clip that does two things, one of them alone is neither right nor wrong.
        (right if _is_sure(first) and _is_sure(second) else unsure).add(halves)
        unsure |= {(halves[0],), (halves[1],), (_nearest(whole)[0],)}
    elif _is_sure(whole):
        right.add((_nearest(whole)[0],))
    else:
        unsure |= {(move,) for move in _nearest(whole)[:2]}
    if not (_is_sure(first) and _is_sure(second)):
        unsure |= {(a, b) for a in _nearest(first)[:2] for b in _nearest(second)[:2] if a != b}
    return frozenset(right), frozenset(unsure)


def _nearest(distances: Mapping[str, float]) -> list[str]:
    return sorted(distances, key=distances.__getitem__)


def _is_sure(distances: Mapping[str, float]) -> bool:
    nearest, following = sorted(distances.values())[:2]
    return following - nearest >= SURE
