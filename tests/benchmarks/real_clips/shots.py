"""Good clips of photographs: the camera moves, things move, light changes as asked; nothing is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.storage.files import Frames
from tests.pictures import photograph

Numbers = NDArray[np.floating]

TUNING = ("astronaut", "cat", "coffee", "flower", "man", "immunohistochemistry", "grass", "coins")
"""Photographs that thresholds were set on."""
HELD_OUT = ("china", "rocket", "stereo_motorcycle", "retina", "moon", "brick", "clock")
"""Photographs that nobody looked at while thresholds were set."""
OPEN = 0.8
"""Share of the photograph that the camera sees, so that it has room to go."""


@dataclass(frozen=True, slots=True)
class View:
    """What a clip is made of: a photograph, and the clip's size in pixels and in frames."""

    photo: str
    width: int
    height: int
    count: int
    seed: int = 0

    @property
    def time(self) -> Numbers:
        """0 at the first frame, 1 at the last: (frames,)."""
        return np.linspace(0, 1, self.count)

    @property
    def chance(self) -> np.random.Generator:
        return np.random.default_rng([self.seed, self.count, self.width])


def picture(name: str) -> NDArray[np.uint8]:
    """A photograph as (height, width, 3)."""
    if name == "stereo_motorcycle":
        from skimage import data

        return np.asarray(data.stereo_motorcycle()[0])
    return np.asarray(photograph(name))


def filmed(
    view: View,
    right: Numbers | float = 0.0,
    down: Numbers | float = 0.0,
    nearer: Numbers | float = 0.0,
    turned: Numbers | float = 0.0,
    photo: str = "",
) -> Frames:
    """The photograph, the camera moved by pixels of the clip, zoomed by a share, turned by degrees."""
    source = picture(photo or view.photo)
    high, wide = source.shape[:2]
    fit = OPEN * min(wide / view.width, high / view.height)
    if fit > 1:  # no more detail than the clip can show
        size = (round(wide / fit), round(high / fit))
        source = np.asarray(cv2.resize(source, size, interpolation=cv2.INTER_AREA), np.uint8)
        fit = 1.0
        high, wide = source.shape[:2]
    paths = np.broadcast_arrays(
        *(np.asarray(each, float) for each in (right, down, nearer, turned))
    )
    moves = np.stack([np.broadcast_to(path, view.count) for path in paths], 1)
    return np.stack([_seen(source, view, fit, *move) for move in moves])


def _seen(
    source: NDArray[np.uint8],
    view: View,
    fit: float,
    right: float,
    down: float,
    nearer: float,
    turned: float,
) -> NDArray[np.uint8]:
    scale = fit / (1 + nearer)
    cos, sin = scale * np.cos(np.radians(turned)), scale * np.sin(np.radians(turned))
    middle = np.array([source.shape[1] / 2 + right * fit, source.shape[0] / 2 + down * fit])
    matrix = np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])
    matrix[:, 2] = middle - matrix[:, :2] @ np.array([view.width / 2, view.height / 2])
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(
        source, matrix, (view.width, view.height), flags=how, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(seen, np.uint8)


def _eased(time: Numbers) -> Numbers:
    return time**3 * (10 - 15 * time + 6 * time**2)


def _lit(frames: Frames | Numbers, light: Numbers) -> Frames:
    """Multiplied by light, of any shape that fits (frames, height, width, 3)."""
    return (frames * light).clip(0, 255).astype(np.uint8)


def _each(values: Numbers) -> Numbers:
    return np.asarray(values)[:, None, None, None]


def _spot(view: View, x: Numbers, y: Numbers, size: float) -> Numbers:
    """A soft round spot at x, y in shares of the frame: (frames, height, width, 1), 0..1."""
    across, down = np.meshgrid(np.arange(view.width), np.arange(view.height))
    far = np.hypot(across - _each(x)[..., 0] * view.width, down - _each(y)[..., 0] * view.height)
    return np.clip((size * view.height - far) / (0.05 * view.height), 0, 1)[..., None]


def pan(view: View) -> Frames:
    return filmed(view, right=(view.time - 0.5) * 0.16 * view.width)


def slow_pan(view: View) -> Frames:
    """A third of a pixel a frame."""
    return filmed(view, right=np.arange(view.count) / 3)


def fast_pan(view: View) -> Frames:
    """Eight pixels a frame, there and on."""
    way = np.arange(view.count) * 8.0
    room = 0.12 * view.width
    return filmed(view, right=np.abs((way + room) % (4 * room) - 2 * room) - room)


def eased_pan(view: View) -> Frames:
    """From rest to rest."""
    return filmed(view, right=(_eased(view.time) - 0.5) * 0.16 * view.width)


def tilt(view: View) -> Frames:
    return filmed(view, down=(0.5 - view.time) * 0.14 * view.height)


def zoom_in(view: View) -> Frames:
    return filmed(view, nearer=0.5 * view.time)


def zoom_out(view: View) -> Frames:
    return filmed(view, nearer=0.4 * (1 - view.time))


def slow_zoom(view: View) -> Frames:
    return filmed(view, nearer=0.04 * view.time)


def turning(view: View) -> Frames:
    return filmed(view, nearer=0.25, turned=8 * view.time)


def shaken(view: View) -> Frames:
    """Held in the hand."""
    drift = view.chance.normal(0, 1.0, (3, view.count))
    smooth = np.array([np.convolve(each, [0.25, 0.5, 0.25], "same") for each in drift])
    return filmed(view, 2 * smooth[0], 2 * smooth[1], 0.02 * view.time, 0.15 * smooth[2])


def grainy(view: View) -> Frames:
    """A still camera, a thing that moves, and the grain of film."""
    frames = passing(view)
    return (frames + view.chance.normal(0, 4, frames.shape)).clip(0, 255).astype(np.uint8)


def grain_alone(view: View) -> Frames:
    """A still camera before a still thing, on film."""
    frames = filmed(view)
    return (frames + view.chance.normal(0, 3, frames.shape)).clip(0, 255).astype(np.uint8)


def passing(view: View) -> Frames:
    """A coloured thing goes through the picture, the camera stands."""
    spot = _spot(view, 0.1 + 0.8 * view.time, 0.6 + 0 * view.time, 0.14)
    return _lit(filmed(view) * (1 - spot) + spot * np.array([200.0, 60.0, 40.0]), np.ones(1))


def close_by(view: View) -> Frames:
    """Something large and dark goes by before the camera."""
    spot = _spot(view, -0.5 + 2.0 * view.time, 0.5 + 0 * view.time, 0.45)
    ground = filmed(view, right=0.03 * view.width * view.time)
    return _lit(ground * (1 - spot) + spot * np.array([40.0, 42.0, 50.0]), np.ones(1))


def product(view: View) -> Frames:
    """Everything stands but one small thing that turns."""
    turn = 2 * np.pi * view.time
    spot = _spot(view, 0.5 + 0.06 * np.cos(turn), 0.5 + 0.08 * np.sin(turn), 0.03)
    return _lit(filmed(view) * (1 - spot) + spot * 235.0, np.ones(1))


def parallax(view: View) -> Frames:
    """What is near goes faster than what is far."""
    near = filmed(view, right=(view.time - 0.5) * 0.12 * view.width, nearer=0.3)
    far = filmed(view, right=(view.time - 0.5) * 0.03 * view.width, nearer=0.1)
    mask = _spot(view, 0.5 - 0.15 * (view.time - 0.5), 0.55 + 0 * view.time, 0.3)
    return _lit(near * mask + far * (1 - mask), np.ones(1))


def dawn(view: View) -> Frames:
    """Light that slowly grows warmer and brighter, up to that of the photograph, while the camera pans."""
    tint = 1 + _each(view.time) * np.array([0.08, 0.03, -0.05])
    return _lit(pan(view), tint * (0.6 + 0.32 * _each(view.time)))


def sunset(view: View) -> Frames:
    """Warmer and darker until the sun is gone."""
    tint = 1 + _each(view.time) * np.array([0.25, 0.0, -0.3])
    return _lit(slow_zoom(view), tint * (1 - 0.65 * _each(view.time)))


def from_dark(view: View) -> Frames:
    """A scene that begins dark and gets light."""
    return _lit(slow_zoom(view), 0.2 + 0.8 * _each(_eased(view.time)))


def dusk(view: View) -> Frames:
    return _lit(slow_zoom(view), 1 - 0.5 * _each(view.time))


def lamp(view: View) -> Frames:
    """A lamp at the side goes on within a fifth of the clip."""
    spot = np.exp(-(((1 - _spot(view, view.time * 0 + 0.2, view.time * 0 + 0.3, 0.8)) * 2) ** 2))
    on = np.clip((view.time - 0.4) / 0.2, 0, 1)
    return _lit(slow_zoom(view), 0.65 + 0.35 * _each(on) * spot)


def cloud(view: View) -> Frames:
    """The shadow of a cloud wanders over the scene."""
    spot = _spot(view, -0.3 + 1.6 * view.time, 0.4 + 0 * view.time, 0.6)
    return _lit(slow_pan(view), 1 - 0.35 * spot)


def candle(view: View) -> Frames:
    """Light that breathes a little."""
    breath = 1 + 0.03 * np.sin(2 * np.pi * 3 * view.time) + 0.01 * np.sin(40 * view.time)
    return _lit(slow_zoom(view), _each(breath))


def into_black(view: View) -> Frames:
    """A slow zoom into something black."""
    way = _eased(view.time)
    frames = filmed(view, nearer=3.0 * way)
    grown = np.exp(3.2 * way) / np.exp(3.2)
    spot = _spot(view, 0.5 + 0 * view.time, 0.5 + 0 * view.time, 0.0)
    across, down = np.meshgrid(np.arange(view.width), np.arange(view.height))
    far = np.hypot(across - view.width / 2, down - view.height / 2)[None]
    reach = _each(grown)[..., 0] * 1.2 * np.hypot(view.width, view.height) / 2
    spot = np.clip((reach - far) / (0.05 * view.height), 0, 1)[..., None]
    return _lit(frames * (1 - spot) + 3 * spot, np.ones(1))


def faded_as_asked(view: View) -> Frames:
    share = np.clip((view.time - 0.75) / 0.25, 0, 1)
    return _lit(pan(view), 1 - _each(share))


def lightning(view: View) -> Frames:
    """Three frames of a flash that lights what is there."""
    light = np.ones(view.count)
    middle = view.count // 2
    light[middle : middle + 3] = 1.9, 1.5, 1.2
    return _lit(slow_pan(view), _each(light))


def on_twos(view: View) -> Frames:
    """Drawn animation shows each picture twice."""
    return pan(view)[np.arange(view.count) // 2 * 2]


def comes_to_rest(view: View) -> Frames:
    """A thing comes in, brakes and stays, before a camera that stands."""
    way = 1 - (1 - np.clip(view.time / 0.7, 0, 1)) ** 2
    spot = _spot(view, -0.1 + 0.6 * way, 0.6 + 0 * view.time, 0.14)
    return _lit(filmed(view) * (1 - spot) + spot * np.array([60.0, 90.0, 180.0]), np.ones(1))


Good = Callable[[View], Frames]
GOOD: Mapping[str, tuple[Good, str]] = {
    "pan": (pan, ""),
    "slow pan": (slow_pan, ""),
    "fast pan": (fast_pan, "The camera pans there and back"),
    "pan from rest to rest": (eased_pan, ""),
    "tilt": (tilt, ""),
    "zoom in": (zoom_in, ""),
    "zoom out": (zoom_out, ""),
    "slow zoom": (slow_zoom, ""),
    "turning": (turning, ""),
    "held in the hand": (shaken, ""),
    "thing that passes, on film": (grainy, ""),
    "nothing but grain": (grain_alone, ""),
    "thing that passes": (passing, ""),
    "thing that passes close by": (close_by, ""),
    "product with a small part that moves": (product, ""),
    "parallax": (parallax, ""),
    "dawn": (dawn, ""),
    "sunset as asked": (sunset, "The sun sets behind the hills"),
    "begins dark, gets light": (from_dark, ""),
    "dusk": (dusk, ""),
    "lamp that goes on": (lamp, ""),
    "shadow of a cloud": (cloud, ""),
    "candlelight": (candle, ""),
    "zoom into black": (into_black, ""),
    "thing that comes to rest": (comes_to_rest, "A car drives in and stops"),
    "fade to black as asked": (faded_as_asked, "The scene slowly fades to black"),
    "lightning as asked": (lightning, "Lightning flashes over the hills"),
    "animation on twos as asked": (on_twos, "Stop-motion animation, the puppet walks"),
}
"""Good clips by name, each with what its prompt says of it."""


def soft(frames: Frames, seed: int = 0) -> Frames:
    """As a VAE leaves them: a little softer, with a faint shimmer that changes slowly."""
    chance = np.random.default_rng(seed)
    height, width = frames.shape[1:3]
    made = np.empty_like(frames)
    shimmer = chance.normal(0, 1, (height // 4 + 1, width // 4 + 1, 3)).astype(np.float32)
    for number, frame in enumerate(frames):
        fresh = chance.normal(0, 1, shimmer.shape).astype(np.float32)
        shimmer = 0.9 * shimmer + 0.43 * fresh
        blurred = cv2.GaussianBlur(frame.astype(np.float32), (0, 0), 0.7)
        blurred += 0.6 * cv2.resize(shimmer, (width, height), interpolation=cv2.INTER_LINEAR)
        made[number] = blurred.round().clip(0, 255)
    return made


def compressed(frames: Frames, crf: int = 20) -> Frames:
    """As x264 leaves them."""
    import io

    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as film:
        options = {"crf": str(crf), "preset": "veryfast"}
        stream = film.add_stream("libx264", rate=16, options=options)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            film.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        film.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r") as film:
        pictures = [each.to_ndarray(format="rgb24") for each in film.decode(video=0)]
    return np.stack(pictures).astype(np.uint8)


def as_still(frame: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(frame)
