"""Films of products with a label: it stays, drifts, turns, is covered; or melts, mirrors, changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import farm.delivery
from pipeline.storage.files import Frames
from tests.benchmarks.real_clips.shots import Numbers, picture, soft

Picture = NDArray[np.uint8]

FACE = (200, 240)
"""Pixels of the product's front, in a film of 480 lines."""
LATE = 0.45
"""When a fault begins, as a share of the film."""


@dataclass(frozen=True, slots=True)
class Product:
    """What a film is made of: the words of its label, the ground, and how it is filmed."""

    word: str
    wrong: str
    """The same with another letter."""
    ground: str
    colours: tuple[str, str] = ("#b3202c", "#fff6e0")
    move: str = "drift"
    size: tuple[int, int] = (832, 480)
    count: int = 33
    plain: bool = False
    """In Pillow's own typeface; Chinese is in neither."""

    @property
    def time(self) -> Numbers:
        return np.linspace(0, 1, self.count)


TUNING = (
    Product("NORDLYS", "NORDLXS", "coffee"),
    Product("Aurelia", "Aureiia".replace("ii", "ri"), "astronaut", ("#1c4587", "#ffffff"), "zoom"),
    Product("夏日限定", "夏目限定", "grass", ("#0b6b3a", "#fff2a8"), "still"),
    Product("HELIOS", "HELKOS", "flower", ("#f0e6d2", "#3a2a1a"), "sway", plain=True),
    Product("清泉", "清帛", "cat", ("#123456", "#e0f4ff"), "drift"),
    Product("Brightwater", "Brightvater", "coins", ("#ffffff", "#0a3d91"), "tilt"),
)
"""Thresholds were set on these."""
HELD_OUT = (
    Product("KESTREL", "KESTBEL", "china"),
    Product("Solenne", "Solemne", "rocket", ("#7a1f5c", "#ffe9f4"), "zoom", plain=True),
    Product("金橘汽水", "金桔汽水", "brick", ("#d96a00", "#fffbe6"), "still"),
    Product("OAKFIELD", "OAKFTELD", "retina", ("#e8e2d0", "#20402a"), "sway"),
    Product("春风", "春凤", "stereo_motorcycle", ("#7d0c0c", "#ffd98a"), "drift"),
    Product("Limonata", "Limomata", "moon", ("#fdf06a", "#22552b"), "tilt", plain=True),
)
"""Nobody looked at these meanwhile."""

Paths = tuple[Numbers, Numbers, Numbers, Numbers]
"""Of each frame: the middle across and down in shares of the frame, how near, and degrees."""


def _still(time: Numbers) -> Paths:
    return 0.5 + 0 * time, 0.5 + 0 * time, 1 + 0 * time, 0 * time


def _drift(time: Numbers) -> Paths:
    return 0.36 + 0.26 * time, 0.47 + 0.06 * time, 1 + 0 * time, 0 * time


def _zoom(time: Numbers) -> Paths:
    return 0.48 + 0.03 * time, 0.5 + 0 * time, 0.9 + 0.5 * time, 0 * time


def _sway(time: Numbers) -> Paths:
    return 0.5 + 0.02 * np.sin(9 * time), 0.5 + 0.015 * np.cos(14 * time), 1 + 0.03 * time, 0 * time


def _tilt(time: Numbers) -> Paths:
    return 0.52 - 0.06 * time, 0.5 + 0 * time, 1 + 0 * time, 9 * np.sin(3 * time)


MOVES: Mapping[str, Callable[[Numbers], Paths]] = {
    "still": _still,
    "drift": _drift,
    "zoom": _zoom,
    "sway": _sway,
    "tilt": _tilt,
}


@cache
def _font(size: int, plain: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if plain:
        return ImageFont.load_default(size)
    fonts = resources.files(farm.delivery) / "fonts"
    return ImageFont.truetype(str(fonts / "NotoSansSC-GB2312.otf"), size)


@cache
def face(product: Product, word: str, ink: str = "", scale: float = 1.0) -> Picture:
    """The product's front with this word on it, (height, width, 3)."""
    ground, letters = product.colours
    wide, high = round(FACE[0] * scale), round(FACE[1] * scale)
    image = Image.new("RGB", (wide, high), ground)
    draw = ImageDraw.Draw(image)
    size = round(64 * scale)
    while draw.textlength(word, _font(size, product.plain)) > 0.88 * wide:
        size -= 1
    draw.rectangle((0, 0, wide - 1, high // 12), fill=letters)
    draw.ellipse((wide * 0.4, high * 0.62, wide * 0.6, high * 0.62 + wide * 0.2), fill=letters)
    place = wide / 2, high * 0.36
    draw.text(place, word, font=_font(size, product.plain), fill=ink or letters, anchor="mm")
    return np.asarray(image)


def _scene(product: Product) -> Picture:
    source = Image.fromarray(picture(product.ground)).convert("RGB")
    return np.asarray(source.resize(product.size, Image.Resampling.BICUBIC))


Front = Callable[[Product, float], Picture]
"""The product's front at a time, 0..1."""


def filmed(
    product: Product, front: Front, paths: Paths | None = None, squeeze: float = 0.0
) -> Frames:
    """The product before its photograph; squeezed by so much in the middle of the film, as if it turned."""
    wide, high = product.size
    scene, scale = _scene(product), high / 480
    frames: list[Picture] = []
    for place, now in zip(
        zip(*(paths or MOVES[product.move](product.time)), strict=True), product.time, strict=True
    ):
        across, down, nearer, turned = place
        texture = front(product, float(now))
        tall, broad = texture.shape[:2]
        size = scale * nearer * FACE[1] / tall
        cos, sin = size * np.cos(np.radians(turned)), size * np.sin(np.radians(turned))
        matrix = np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])
        matrix[:, 0] *= 1 - squeeze * np.sin(np.pi * now)
        middle = np.array([across * wide, down * high])
        matrix[:, 2] = middle - matrix[:, :2] @ np.array([broad / 2, tall / 2])
        seen = cv2.warpAffine(texture, matrix, product.size)
        mask = cv2.warpAffine(np.ones((tall, broad), np.float32), matrix, product.size)
        frames.append((seen * mask[..., None] + scene * (1 - mask[..., None])).astype(np.uint8))
    return np.stack(frames)


def _large(product: Product, word: str = "", ink: str = "") -> Picture:
    return face(product, word or product.word, ink, 2.0)


def right(product: Product, now: float) -> Picture:
    return _large(product)


def swapped(product: Product, now: float) -> Picture:
    return _large(product, product.wrong if now > LATE else "")


def swapped_soon(product: Product, now: float) -> Picture:
    """From frame 2 on."""
    return _large(product, product.wrong if now > 0 else "")


def swapped_for_a_moment(product: Product, now: float) -> Picture:
    return _large(product, product.wrong if 0.53 < now < 0.6 else "")


def mirrored(product: Product, now: float) -> Picture:
    seen = _large(product)
    return seen[:, ::-1] if now > LATE else seen


def melted(product: Product, now: float, most: float = 22.0) -> Picture:
    """Letters run in waves that grow."""
    seen, strength = _large(product), most * max(0.0, now - 0.2) / 0.8
    high, wide = seen.shape[:2]
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    bent = x + strength * np.sin(y / 9 + 5 * now), y + strength * np.sin(x / 13 + 3 * now)
    return np.asarray(
        cv2.remap(seen, bent[0], bent[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )


def rippled(product: Product, now: float) -> Picture:
    return melted(product, now, 1.5)


def melted_for_a_moment(product: Product, now: float) -> Picture:
    return melted(product, 0.9) if 0.53 < now < 0.6 else _large(product)


def faded(product: Product, now: float) -> Picture:
    """The letters go, the product stays."""
    share = float(np.clip((now - 0.35) / 0.3, 0, 1))
    return cv2.addWeighted(_large(product), 1 - share, _large(product, " "), share, 0).astype(
        np.uint8
    )


def blurs_away(product: Product, now: float) -> Picture:
    sigma = 70 * max(0.0, now - 0.3)
    seen = _large(product)
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), sigma), np.uint8) if sigma > 0.3 else seen


def blurred_between(product: Product, now: float) -> Picture:
    """Out of focus for a third of the film."""
    seen = _large(product)
    return np.asarray(cv2.GaussianBlur(seen, (0, 0), 14), np.uint8) if 0.4 < now < 0.7 else seen


def another_word(product: Product, now: float) -> Picture:
    return _large(product, product.wrong[::-1] if now > LATE else "")


def another_ink(product: Product, now: float) -> Picture:
    """The letters take another colour and stay themselves."""
    ink = "#7f7f7f" if now > LATE else ""
    return _large(product, ink=ink)


def _hand(frames: Frames, x: Numbers, y: Numbers, size: float = 0.36) -> Frames:
    """Something round, of the colour of skin, before the picture."""
    high, wide = frames.shape[1:3]
    across, down = np.meshgrid(np.arange(wide), np.arange(high))
    made = frames.copy()
    for frame, left, top in zip(made, x, y, strict=True):
        far = np.hypot(across - left * wide, (down - top * high) * 0.8)
        share = np.clip((size * high - far) / 6, 0, 1)[..., None]
        frame[:] = frame * (1 - share) + np.array([205.0, 160.0, 130.0]) * share
    return made


def passed_by(product: Product) -> Frames:
    path = MOVES[product.move](product.time)
    return _hand(filmed(product, right), -0.3 + 1.6 * product.time, path[1] - 0.05)


def covered(product: Product) -> Frames:
    """A hand comes and stays."""
    path = MOVES[product.move](product.time)
    way = np.clip(product.time / 0.6, 0, 1)
    return _hand(filmed(product, right), path[0] + 0.9 * (1 - way), path[1] - 0.06)


def half_covered_for_long(product: Product) -> Frames:
    """A hand covers the first letters, and goes."""
    path = MOVES[product.move](product.time)
    away = 0.5 * np.clip(np.abs(product.time - 0.45) - 0.25, 0, 1)
    return _hand(filmed(product, right), path[0] - 0.21 - away, path[1], 0.3)


def leaves(product: Product) -> Frames:
    """The camera pans on, and the product is out of the picture."""
    time = product.time
    paths = 0.45 - 0.75 * time**1.5, 0.5 + 0 * time, 1 + 0 * time, 0 * time
    return filmed(product, right, paths)


def captioned(
    product: Product, words: str, since: float, at: tuple[float, float], size: int
) -> Frames:
    """A caption comes up, white on what is there."""
    frames = filmed(product, right)
    font = _font(round(size * product.size[1] / 480), False)
    for number, now in enumerate(product.time):
        if now > since:
            image = Image.fromarray(frames[number])
            draw = ImageDraw.Draw(image)
            place = at[0] * product.size[0], at[1] * product.size[1]
            draw.text(place, words, font=font, fill="white", stroke_width=1, stroke_fill="black")
            frames[number] = np.asarray(image)
    return frames


def lamps_come_on(product: Product) -> Frames:
    """A row of lamps, which nobody reads."""
    frames = filmed(product, right)
    wide, high = product.size
    for number, now in enumerate(product.time):
        if now > 0.3:
            for lamp in range(9):
                middle = round(wide * (0.06 + 0.04 * lamp)), round(high * 0.93)
                cv2.circle(frames[number], middle, 7, (255, 240, 200), -1)
    return frames


def dimmed(product: Product) -> Frames:
    light = (1 - 0.6 * product.time)[:, None, None, None]
    return (filmed(product, right) * light).astype(np.uint8)


Film = Callable[[Product], Frames]
LABEL = ("label_changed", "label_lost")
WORDS = ("BUY NOW 50%", "SUMMER SALE", "立即抢购")

FAULTS: Mapping[str, tuple[Film, tuple[str, ...]]] = {
    "a letter is swapped": (lambda each: filmed(each, swapped), LABEL),
    "a letter is swapped from frame 2": (lambda each: filmed(each, swapped_soon), LABEL),
    "another word": (lambda each: filmed(each, another_word), LABEL),
    "mirrored": (lambda each: filmed(each, mirrored), LABEL),
    "melts": (lambda each: filmed(each, melted), LABEL),
    "fades off the product": (lambda each: filmed(each, faded), LABEL),
    "blurs away": (lambda each: filmed(each, blurs_away), LABEL),
    "behind a hand that stays": (covered, LABEL),
    "a caption": (
        lambda each: captioned(each, WORDS[len(each.word) % 3], 0.3, (0.05, 0.86), 36),
        ("text_appeared",),
    ),
    "a small logo": (
        lambda each: captioned(each, "VidGen.ai", 0.0, (0.82, 0.04), 22),
        ("text_appeared",),
    ),
}
"""Films by fault, each with the kinds of which one is to be named."""
NEARLY: Mapping[str, tuple[Film, str]] = {
    "stays": (lambda each: filmed(each, right), ""),
    "behind a hand that passes": (passed_by, "A hand reaches past it"),
    "partly covered for long": (half_covered_for_long, ""),
    "another letter for a moment": (lambda each: filmed(each, swapped_for_a_moment), ""),
    "melted for a moment": (lambda each: filmed(each, melted_for_a_moment), ""),
    "ripples": (lambda each: filmed(each, rippled), ""),
    "turns a little and back": (lambda each: filmed(each, right, squeeze=0.45), ""),
    "out of focus between": (lambda each: filmed(each, blurred_between), ""),
    "another ink": (lambda each: filmed(each, another_ink), ""),
    "leaves the frame": (leaves, "The camera pans to the right"),
    "a caption that is asked for": (
        lambda each: captioned(each, "SUMMER SALE", 0.3, (0.05, 0.86), 36),
        "The bottle stands on the table, SUMMER SALE is to be read below it",
    ),
    "a row of lamps comes on": (lamps_come_on, ""),
    "light goes": (dimmed, "The light slowly dims"),
}
"""Films that nearly show one, each with its prompt."""


def treated(frames: Frames, place: int) -> Frames:
    """Every second film as a VAE leaves it."""
    return soft(frames, place) if place % 2 else frames
