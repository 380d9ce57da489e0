"""Faults that people complain of, planted into good clips: each takes frames and gives frames."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.storage.files import Frames

Chance = np.random.Generator
Fault = Callable[[Frames, Chance], Frames]


def _clipped(frames: NDArray[np.floating]) -> Frames:
    return frames.round().clip(0, 255).astype(np.uint8)


def _place(frames: Frames, chance: Chance) -> int:
    return int(chance.integers(2, len(frames) - 2))


def one_frame(colour: tuple[int, int, int]) -> Fault:
    def plant(frames: Frames, chance: Chance) -> Frames:
        made = frames.copy()
        made[_place(frames, chance)] = colour
        return made

    return plant


def last_frame(colour: tuple[int, int, int]) -> Fault:
    def plant(frames: Frames, chance: Chance) -> Frames:
        made = frames.copy()
        made[-1] = colour
        return made

    return plant


def some_frames(colour: tuple[int, int, int], count: int) -> Fault:
    def plant(frames: Frames, chance: Chance) -> Frames:
        made = frames.copy()
        place = _place(frames[:-count], chance)
        made[place : place + count] = colour
        return made

    return plant


def from_frame_2(change: Callable[[NDArray[np.floating]], NDArray[np.floating]]) -> Fault:
    def plant(frames: Frames, chance: Chance) -> Frames:
        return np.concatenate([frames[:1], _clipped(change(frames[1:].astype(np.float32)))])

    return plant


def over_the_first(
    change: Callable[[NDArray[np.floating]], NDArray[np.floating]], over: int
) -> Fault:
    """The change comes in over so many frames, as the VAE's groups of four smear it."""

    def plant(frames: Frames, chance: Chance) -> Frames:
        share = np.clip(np.arange(len(frames)) / over, 0, 1)[:, None, None, None]
        values = frames.astype(np.float32)
        return _clipped(values * (1 - share) + change(values) * share)

    return plant


def from_the_middle(change: Callable[[NDArray[np.floating]], NDArray[np.floating]]) -> Fault:
    def plant(frames: Frames, chance: Chance) -> Frames:
        place = len(frames) // 3 + int(chance.integers(0, len(frames) // 3))
        return np.concatenate([frames[:place], _clipped(change(frames[place:].astype(np.float32)))])

    return plant


def darker(by: float) -> Callable[[NDArray[np.floating]], NDArray[np.floating]]:
    return lambda values: values * (1 - by)


def lifted(levels: float) -> Callable[[NDArray[np.floating]], NDArray[np.floating]]:
    return lambda values: values + levels


def coloured(by: float) -> Callable[[NDArray[np.floating]], NDArray[np.floating]]:
    """Saturation times `by`; 0 is grey."""

    def change(values: NDArray[np.floating]) -> NDArray[np.floating]:
        grey = values @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        return grey[..., None] + by * (values - grey[..., None])

    return change


def tinted(*levels: float) -> Callable[[NDArray[np.floating]], NDArray[np.floating]]:
    return lambda values: values + np.array(levels, np.float32)


def contrasted(by: float) -> Callable[[NDArray[np.floating]], NDArray[np.floating]]:
    return lambda values: (values - 110) * by + 110


def slowly(change: Callable[[NDArray[np.floating]], NDArray[np.floating]]) -> Fault:
    def plant(frames: Frames, chance: Chance) -> Frames:
        share = np.linspace(0, 1, len(frames))[:, None, None, None]
        values = frames.astype(np.float32)
        return _clipped(values * (1 - share) + change(values) * share)

    return plant


def late_fade(level: float, begins: float, reaches: float = 1.0) -> Fault:
    def plant(frames: Frames, chance: Chance) -> Frames:
        time = np.linspace(0, 1, len(frames))
        share = reaches * np.clip((time - begins) / (1 - begins), 0, 1)[:, None, None, None]
        return _clipped(frames * (1 - share) + level * share)

    return plant


def freezes_after(share: float) -> Fault:
    def plant(frames: Frames, chance: Chance) -> Frames:
        made = frames.copy()
        place = max(3, round(share * len(frames)))
        made[place:] = made[place]
        return made

    return plant


def freezes_between(first: float, last: float, *, jumps: bool) -> Fault:
    """Stands for a while; then goes on where it was, or where it would have been by then."""

    def plant(frames: Frames, chance: Chance) -> Frames:
        start, end = round(first * len(frames)), round(last * len(frames))
        numbers = np.arange(len(frames))
        held = np.where(numbers < start, numbers, np.maximum(start, numbers - (end - start)))
        if jumps:
            held = np.where((numbers >= start) & (numbers < end), start, numbers)
        return frames[held]

    return plant


def doubled(every: int) -> Fault:
    """Every so manieth frame is the one before it once more."""

    def plant(frames: Frames, chance: Chance) -> Frames:
        numbers = np.arange(len(frames))
        return frames[np.where(numbers % every == every - 1, numbers - 1, numbers)]

    return plant


def stretched(frames: Frames, chance: Chance) -> Frames:
    """The first half, each frame twice."""
    return np.repeat(frames, 2, axis=0)[: len(frames)]


def a_few_doubled(frames: Frames, chance: Chance) -> Frames:
    numbers = np.arange(len(frames))
    numbers[chance.choice(np.arange(2, len(frames) - 1, 2), 4, replace=False)] -= 1
    return frames[numbers]


def ping_pong(frames: Frames, chance: Chance) -> Frames:
    half = len(frames) // 2
    return np.concatenate([frames[: half + 1], frames[half - 1 :: -1]])[: len(frames)]


def once_more(frames: Frames, chance: Chance) -> Frames:
    """A third of the clip runs again."""
    third = len(frames) // 3
    return np.concatenate([frames[: 2 * third], frames[third:]])[: len(frames)]


def flickering(by: float) -> Fault:
    def plant(frames: Frames, chance: Chance) -> Frames:
        light = 1 + by * (-1.0) ** np.arange(len(frames))
        return _clipped(frames * light[:, None, None, None])

    return plant


def noisy(count: int) -> Fault:
    def plant(frames: Frames, chance: Chance) -> Frames:
        place = _place(frames[:-count], chance)
        made = frames.copy()
        values = made[place : place + count]
        made[place : place + count] = _clipped(values + chance.normal(0, 45, values.shape))
        return made

    return plant


def broken_blocks(share: float) -> Fault:
    def plant(frames: Frames, chance: Chance) -> Frames:
        made = frames.copy()
        frame = made[_place(frames, chance)]
        down, across = frame.shape[0] // 16, frame.shape[1] // 16
        for block in chance.choice(down * across, round(share * down * across), replace=False):
            top, left = 16 * (block // across), 16 * (block % across)
            tone = chance.integers(0, 255, 3)
            frame[top : top + 16, left : left + 16] = tone
        return made

    return plant


def ghost(frames: Frames, chance: Chance) -> Frames:
    """One frame shows another place as well."""
    made = frames.copy()
    place = _place(frames, chance)
    made[place] = _clipped(0.5 * frames[place] + 0.5 * frames[place, ::-1, ::-1])
    return made


def zoom_jump(frames: Frames, chance: Chance) -> Frames:
    place = len(frames) // 2
    return np.concatenate([frames[:place], np.stack([cropped(f, 0.75) for f in frames[place:]])])


def cropped(frame: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """The middle of a frame, as large as the whole."""
    height, width = frame.shape[:2]
    top, left = round(height * (1 - share) / 2), round(width * (1 - share) / 2)
    part = frame[top : height - top, left : width - left]
    return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


FAULTS: Mapping[str, Fault] = {
    "one white frame": one_frame((255, 255, 255)),
    "one black frame": one_frame((0, 0, 0)),
    "one grey frame": one_frame((128, 128, 128)),
    "one blue frame": one_frame((30, 60, 200)),
    "two white frames": some_frames((250, 250, 250), 2),
    "last frame white": last_frame((255, 255, 255)),
    "last frame black": last_frame((0, 0, 0)),
    "last frame grey": last_frame((128, 128, 128)),
    "darker from frame 2": from_frame_2(darker(0.25)),
    "a little darker from frame 2": from_frame_2(darker(0.1)),
    "brighter from frame 2": from_frame_2(lifted(30)),
    "a little brighter from frame 2": from_frame_2(lifted(12)),
    "greyer from frame 2": from_frame_2(coloured(0.5)),
    "a little greyer from frame 2": from_frame_2(coloured(0.75)),
    "more colour from frame 2": from_frame_2(coloured(1.5)),
    "tinted from frame 2": from_frame_2(tinted(12, 0, -10)),
    "less contrast from frame 2": from_frame_2(contrasted(0.75)),
    "more contrast from frame 2": from_frame_2(contrasted(1.3)),
    "darker over four frames": over_the_first(darker(0.25), 4),
    "greyer over four frames": over_the_first(coloured(0.4), 4),
    "darker from the middle": from_the_middle(darker(0.25)),
    "greyer from the middle": from_the_middle(coloured(0.4)),
    "late fade to white": late_fade(255, 0.75),
    "late fade to nearly white": late_fade(250, 0.7, 0.75),
    "late fade to black": late_fade(0, 0.75),
    "late fade to grey": late_fade(128, 0.75),
    "fade to white all along": late_fade(255, 0.1),
    "freezes after a few frames": freezes_after(0.1),
    "freezes half way": freezes_after(0.5),
    "freezes at the end": freezes_after(0.75),
    "freezes between, goes on": freezes_between(0.4, 0.7, jumps=False),
    "freezes between, jumps on": freezes_between(0.4, 0.7, jumps=True),
    "every second frame doubled": doubled(2),
    "every third frame doubled": doubled(3),
    "half speed by doubling": stretched,
    "a few frames doubled": a_few_doubled,
    "runs back from the middle": ping_pong,
    "a third runs again": once_more,
    "flickers": flickering(0.06),
    "one frame of noise": noisy(1),
    "three frames of noise": noisy(3),
    "broken blocks in a frame": broken_blocks(0.15),
    "ghost in a frame": ghost,
    "the view jumps": zoom_jump,
    "colours burn slowly": slowly(coloured(1.8)),
    "colours go grey slowly": slowly(coloured(0.3)),
    "colours turn slowly": slowly(tinted(30, 0, -30)),
}
"""By name; the frames keep their number."""


def other_first(name: str, frames: Frames, other: NDArray[np.uint8]) -> Frames:
    """A clip whose still is another one than its frame 1: gives the still."""
    still = frames[0].astype(np.float32)
    match name:
        case "cropped":
            return cropped(frames[0], 0.9)
        case "mirrored":
            return frames[0][:, ::-1]
        case "another picture":
            return other
        case "darker":
            return _clipped(still * 0.85)
        case "tinted":
            return _clipped(still + np.array([10, 0, -10]))
        case "greyer":
            return _clipped(coloured(0.6)(still))
        case "less contrast":
            return _clipped(contrasted(0.75)(still))
        case _:
            return _clipped(np.roll(still, round(0.03 * still.shape[1]), 1))


FIRST = (
    "cropped",
    "mirrored",
    "another picture",
    "darker",
    "tinted",
    "greyer",
    "less contrast",
    "shifted",
)
