"""Pictures that several tests look at: photographs that come with libraries, and drawings."""

from importlib import resources

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps
from skimage import data
from sklearn.datasets import load_sample_image

import farm.delivery

Box = tuple[float, float, float, float]


def photograph(name: str) -> Image.Image:
    """RGB, as it comes with its library: nothing is fetched."""
    if name in ("china", "flower"):
        return Image.fromarray(load_sample_image(f"{name}.jpg"))
    renamed = {
        "cat": data.chelsea,
        "man": data.camera,
        "motorcycle": lambda: data.stereo_motorcycle()[0],
    }
    loaded = renamed.get(name) or getattr(data, name)
    return Image.fromarray(np.asarray(loaded())).convert("RGB")


def thing(
    box: Box = (0.3, 0.3, 0.7, 0.7), size: tuple[int, int] = (640, 640), *, soft: float = 0.0
) -> Image.Image:
    """A red can with a dark band on a pale ground; the box is in shares of the picture."""
    image = Image.new("RGB", size, (226, 231, 236))
    draw = ImageDraw.Draw(image)
    left, top, right, bottom = (
        round(edge * side) for edge, side in zip(box, size * 2, strict=True)
    )
    draw.rectangle((left, top, right - 1, bottom - 1), fill=(190, 30, 40))
    band = (bottom - top) // 5
    draw.rectangle((left, top + 2 * band, right - 1, top + 3 * band), fill=(90, 15, 25))
    return image.filter(ImageFilter.GaussianBlur(soft)) if soft else image


def ground(size: tuple[int, int], colour: str) -> Image.Image:
    """From black at the top to a colour: it shows something, and has no subject."""
    return ImageOps.colorize(Image.linear_gradient("L"), "black", colour).resize(size)


def lettered(
    image: Image.Image, words: str, at: tuple[float, float], height: int = 40
) -> Image.Image:
    """The picture with white words on it, their top left corner at these shares of it."""
    image = image.copy()
    fonts = resources.files(farm.delivery) / "fonts"
    font = ImageFont.truetype(str(fonts / "NotoSansSC-GB2312.otf"), height)
    place = at[0] * image.width, at[1] * image.height
    ImageDraw.Draw(image).text(place, words, font=font, fill="white")
    return image
