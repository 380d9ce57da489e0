"""The tiny world: what a scene is, and where its shape is in every frame.

Lengths are pixels of a frame of 64 x 64, whatever size it is drawn at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

SIDE = 64
FRAMES = 17
MOVE = 16.0
"""How far a shape moves in a whole clip."""
STAGED_MOVE = MOVE / 2
"""How far it moves in half a clip, where a clip has two moves."""
GROWN, SHRUNK = 1.5, 0.7
"""The radius at the end of a clip, as a share of the first one."""
STAGED_GROWN, STAGED_SHRUNK = 1 + (GROWN - 1) / 2, 1 - (1 - SHRUNK) / 2
RADII = (9.0, 12.5)

Colour = tuple[int, int, int]
Pair = tuple[str, str]
"""A colour and a shape."""
COLOURS: dict[str, Colour] = {
    "red": (214, 48, 49),
    "green": (39, 158, 84),
    "blue": (41, 98, 214),
    "yellow": (244, 196, 32),
    "purple": (130, 66, 190),
    "orange": (240, 124, 28),
}
SHAPES = ("circle", "square", "triangle", "star")
GROUNDS: dict[str, tuple[Colour, Colour]] = {
    "cream": ((250, 243, 228), (238, 226, 203)),
    "mist": ((232, 238, 243), (208, 219, 229)),
    "sand": ((240, 226, 200), (222, 203, 170)),
    "sage": ((226, 234, 220), (203, 216, 196)),
    "slate": ((84, 94, 108), (60, 69, 82)),
    "night": ((44, 50, 76), (28, 32, 52)),
}
"""The lighter and the darker colour of each ground."""
TEXTURES = ("plain", "fade", "stripes", "dots")
DIRECTIONS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
CHANGES = (*DIRECTIONS, "grow", "shrink")
MOTIONS = (*CHANGES, "rest")
PAIRS: tuple[Pair, ...] = tuple((colour, shape) for colour in COLOURS for shape in SHAPES)
HELD_OUT: tuple[Pair, ...] = (
    ("yellow", "circle"),
    ("purple", "square"),
    ("orange", "triangle"),
    ("green", "star"),
)
"""Pairs that no model sees in training."""
SEEN = tuple(pair for pair in PAIRS if pair not in HELD_OUT)
_REACH = {"circle": 0.96, "square": 0.86, "triangle": 1.22, "star": 1.15}


@dataclass(frozen=True, slots=True)
class Scene:
    """One shape on one ground and what it does. `centre` and `radius` are those of the first frame."""

    colour: str
    shape: str
    ground: str
    texture: str
    centre: tuple[float, float]
    radius: float
    moves: tuple[str, ...]
    """One motion for the whole clip, or two for its halves."""

    def mirrored(self) -> "Scene":
        """The same in a mirror, of which left is right; every shape of the world is its own image."""
        turned = {"left": "right", "right": "left"}
        moves = tuple(turned.get(move, move) for move in self.moves)
        return replace(self, centre=(SIDE - self.centre[0], self.centre[1]), moves=moves)


def reach(shape: str, radius: float) -> float:
    """How far the shape extends from its centre at most."""
    return radius * _REACH[shape]


def extent(stages: int) -> tuple[float, float, float]:
    """How far a clip's stage moves a shape, and what it multiplies the radius by: growing, shrinking."""
    if stages == 1:
        return MOVE, GROWN, SHRUNK
    return STAGED_MOVE, STAGED_GROWN, STAGED_SHRUNK


def path(scene: Scene, numbers: Sequence[int] = range(FRAMES)) -> list[tuple[float, float, float]]:
    """Centre and radius (x, y, radius) in the frames with these numbers, counted from 0."""
    return [_place(scene, number) for number in numbers]


def _place(scene: Scene, number: int) -> tuple[float, float, float]:
    far, grown, shrunk = extent(len(scene.moves))
    frames = (FRAMES - 1) / len(scene.moves)
    (x, y), radius = scene.centre, scene.radius
    for stage, move in enumerate(scene.moves):
        done = min(max(number / frames - stage, 0.0), 1.0)
        across, down = DIRECTIONS.get(move, (0, 0))
        x, y = x + across * far * done, y + down * far * done
        if move in ("grow", "shrink"):
            radius *= 1 + ((grown if move == "grow" else shrunk) - 1) * done
    return x, y, radius


def fits(scene: Scene, margin: float = 0.0) -> bool:
    """Whether the shape stays `margin` away from the frame's edge to the end; a negative one lets it
    reach over."""
    return all(
        margin <= place - reach(scene.shape, radius)
        and place + reach(scene.shape, radius) <= SIDE - margin
        for x, y, radius in path(scene, (0, FRAMES // 2, FRAMES - 1))
        for place in (x, y)
    )
