"""Reads what is written in a picture, in Latin and Chinese letters: the models lie in rapidocr's wheel."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources, util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping

Picture = NDArray[np.uint8]
"""(height, width, 3), RGB."""
Quad = NDArray[np.float32]
"""The corners of a line, (4, 2) as x and y in pixels: clockwise from where its text begins."""

_log = logging.getLogger(__name__)
SIDE = 512
"""Pixels of the longer side on which lines are looked for: letters of a fortieth of it are found."""
_DETECTOR, _RECOGNISER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
_SMALLEST = 4.0
"""Pixels: what is lower holds no letters."""
_NARROWEST = 96
"""Pixels, at 48 of height: shorter words are padded to this."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line of text in a picture."""

    text: str
    box: Quad
    confidence: float
    """0..1, the reader's own."""


class TextReader(Protocol):
    """Whoever can read pictures."""

    def find(self, picture: Picture, side: int = SIDE) -> tuple[Quad, ...]:
        """Where lines of text are; they are looked for in a copy whose longer side has `side` pixels."""
        ...

    def read(self, picture: Picture, boxes: Sequence[Quad]) -> tuple[Line, ...]:
        """What is written in these boxes, one line for each; the text is empty where nothing is."""
        ...


class RapidReader:
    """rapidocr's detector and recogniser on the CPU. Not for several threads at once."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def find(self, picture: Picture, side: int = SIDE) -> tuple[Quad, ...]:
        height, width = picture.shape[:2]
        scale = min(1.0, side / max(height, width))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = Image.fromarray(picture).resize(size, Image.Resampling.BOX)
        found = self._engine(_bgr(np.asarray(small)), use_det=True, use_cls=False, use_rec=False)
        if found.boxes is None:
            return ()
        stretch = np.array([width / size[0], height / size[1]], np.float32)
        return tuple(np.asarray(box, np.float32) * stretch for box in found.boxes)

    def read(self, picture: Picture, boxes: Sequence[Quad]) -> tuple[Line, ...]:
        return tuple(self._line(picture, box) for box in boxes)

    def _line(self, picture: Picture, box: Quad) -> Line:
        from rapidocr.utils.process_img import get_rotate_crop_image

        across = np.linalg.norm(box[0] - box[1]), np.linalg.norm(box[0] - box[3])
        if min(across) < _SMALLEST:
            return Line("", box, 0.0)
        cut = get_rotate_crop_image(_bgr(picture), np.asarray(box, np.float32))
        read = self._engine(cut, use_det=False, use_cls=False, use_rec=True)
        if not read.txts:
            return Line("", box, 0.0)
        return Line(str(read.txts[0]), box, float(read.scores[0]))


def installed() -> bool:
    """Whether this install can read: rapidocr and onnxruntime come with the extra `ocr`."""
    return all(util.find_spec(name) for name in ("rapidocr", "onnxruntime"))


@cache
def at_hand() -> TextReader | None:
    """The reader of this process, loaded once; None where this install cannot read."""
    if not installed():
        return None
    try:
        return load()
    except Exception as error:  # a broken install reads nothing, and stops no worker and no lint
        _log.warning("lettering is not read: %s: %s", type(error).__name__, error)
        return None


def load(threads: int = 1) -> RapidReader:
    """The reader with the models of the wheel, on so many threads; nothing is fetched, nothing is printed.

    Raises `ModuleNotFoundError` where the extra `ocr` is not installed.
    """
    from rapidocr import RapidOCR

    models = Path(str(resources.files("rapidocr"))) / "models"
    settings: Mapping[str, Any] = {
        "Global.log_level": "critical",
        "Global.use_preprocess_img": False,
        "Global.text_score": 0.0,
        # Named by their paths, they are not asked for anywhere else.
        "Det.model_path": str(models / _DETECTOR),
        "Rec.model_path": str(models / _RECOGNISER),
        "Det.limit_type": "max",
        "Det.limit_side_len": 4096,
        "Rec.rec_img_shape": [3, 48, _NARROWEST],
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return RapidReader(RapidOCR(params={**settings}))


def _bgr(picture: Picture) -> Picture:
    return np.ascontiguousarray(picture[..., ::-1])
