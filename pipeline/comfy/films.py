"""From what a graph saves back to where frames are decoded, and what is done to them in between."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pipeline.comfy.graph import Graph, Node, Wire
from pipeline.comfy.reader import Reader

_FILMS = (
    "SaveVideo", "VHS_VideoCombine", "SaveWEBM", "SaveAnimatedWEBP", "SaveAnimatedPNG",
)  # fmt: skip
_PICTURES = ("SaveImage", "PreviewImage", "PreviewVideo")
DECODES = frozenset({"VAEDecode", "VAEDecodeTiled", "VAEDecodeLoopKJ", "WanVideoVAEDecode"})
_RATES = ("frame_rate", "fps")
_MOST = 100
"""Savers that are looked at."""
_CARRIES = frozenset({"CreateVideo", "GetVideoComponents", *_FILMS, *_PICTURES})
"""What changes no frame."""
_INTERPOLATES = frozenset(
    {"RIFE VFI", "FILM VFI", "GMFSS Fortuna VFI", "IFRNet VFI", "FrameInterpolate"}
)


@dataclass(frozen=True, slots=True)
class Film:
    """A film that a graph saves: its saver, its decoder, and the nodes between, from the saver on."""

    saver: str
    decode: str
    between: tuple[str, ...]
    joined: int = 1
    """Decoders whose frames come together in it."""


def films(graph: Graph) -> list[Film]:
    """Films, those that are saved as such first; of each decoder one."""
    found: dict[str, Film] = {}
    for saver in islice(_savers(graph), _MOST):
        film = _back(graph, saver)
        if film:
            found.setdefault(film.decode, film)
    return list(found.values())


def fps(reader: Reader, film: Film) -> int | None:
    """Frames per second that the model's own frames are shown at; the nearest to the saver counts."""
    for number in (film.saver, *film.between):
        node = reader.graph[number]
        name = next((each for each in _RATES if each in node.inputs), None)
        if name is None:
            continue
        rate = reader.number(number, name, "frames per second")
        if rate is None:
            return None
        rate /= _times(reader, film)
        if rate != round(rate):
            reader.remarks.warn(
                "comfy.fps", number,
                f"{rate:.6g} frames per second are rounded: the farm counts in whole ones.",
            )  # fmt: skip
        return round(rate)
    return None


def look_between(reader: Reader, film: Film) -> None:
    """Says what is done to the frames after they are decoded: a clip of the farm goes without it."""
    if film.joined > 1:
        reader.remarks.error(
            "comfy.outputs", film.saver,
            f"The film is joined of {film.joined} clips; what is read is one of them.",
        )  # fmt: skip
    for number in (film.saver, *film.between):
        node = reader.graph[number]
        if node.inputs.get("audio") is not None:
            reader.remarks.warn("comfy.audio", number, "Sound is added here; clips have none.")
        if node.kind in _CARRIES:
            continue
        if node.kind in _INTERPOLATES:
            reader.remarks.warn(
                "comfy.interpolated", number,
                f"{node.kind} adds frames between those of the model; the farm delivers the model's own.",
            )  # fmt: skip
        else:
            reader.remarks.warn(
                "comfy.post", number,
                f"{node.kind} changes frames after they are decoded; the farm does not.",
            )  # fmt: skip


def _times(reader: Reader, film: Film) -> float:
    """How many frames are made of one after decoding."""
    times = 1.0
    for number in film.between:
        if (
            reader.graph[number].kind in _INTERPOLATES
            and "multiplier" in reader.graph[number].inputs
        ):
            times *= max(
                1.0, reader.number(number, "multiplier", "number of frames made of one") or 1
            )
    return times


def _savers(graph: Graph) -> Iterator[str]:
    for kinds in (_FILMS, _PICTURES):
        yield from (number for number, node in graph.items() if node.kind in kinds)
    used = {wire.node for node in graph.values() for _, wire in node.wires()}
    known = {*_FILMS, *_PICTURES}
    yield from (each for each, node in graph.items() if each not in used and node.kind not in known)


def _back(graph: Graph, saver: str) -> Film | None:
    """The nearest decoder behind a saver; how many there are, not counting those behind others."""
    before: dict[str, str] = {}
    waiting = deque([saver])
    found: list[str] = []
    while waiting:
        number = waiting.popleft()
        if graph[number].kind in DECODES:
            found.append(number)
            continue
        for each in _behind(graph[number]):
            if each in graph and each not in before and each != saver:
                before[each] = number
                waiting.append(each)
    if not found:
        return None
    return Film(saver, found[0], tuple(_way(before, found[0], saver)), len(found))


def _behind(node: Node) -> Iterator[str]:
    """Nodes behind one, those of pictures first."""
    first = ("images", "video", "image", "frames", "samples")
    wires = dict[str, Wire](node.wires())
    for name in sorted(wires, key=lambda each: (each not in first, each)):
        yield wires[name].node


def _way(before: dict[str, str], number: str, saver: str) -> list[str]:
    way = list[str]()
    while (number := before.get(number, saver)) != saver:
        way.append(number)
    return way[::-1]
