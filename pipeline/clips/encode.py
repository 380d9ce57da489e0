"""Frames to clip: encoded as a draft, decoded again and counted, then published whole."""

import errno
import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import av
import ffmpeg as ffmpeg_graph
import imageio_ffmpeg
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from pipeline import terminal
from pipeline.clips.made_with import KEY as MADE_WITH
from pipeline.clips.made_with import MadeWith
from pipeline.errors import Cause, RenderFault
from pipeline.recipe import TakeOrder
from pipeline.result import Clip
from pipeline.storage.checksums import sha256_at
from pipeline.storage.files import Frames
from pipeline.storage.protocol import Media, Taken

# Converting without saying so gives BT.601 colours, and tagging alone leaves them wrong.
_TO_BT709 = (
    "scale=out_color_matrix=bt709:out_range=tv"
    ":flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp,"
    "setparams=color_primaries=bt709:color_trc=bt709"
)
_OUTPUT: Mapping[str, Any] = {
    "format": "mp4",
    "vcodec": "libx264",
    "pix_fmt": "yuv420p",
    # As good as medium at 18, in half its time; the files are somewhat larger.
    "preset": "veryfast",
    "crf": 16,
    "vf": _TO_BT709,
    # Without use_metadata_tags MP4 silently drops every key it does not know.
    "movflags": "+faststart+use_metadata_tags",
}
Fault = Callable[[OSError], RenderFault]
"""What the storage says of a trouble of its own."""
# Folder troubles that ffmpeg only reports in words.
_FOLDER_ERRORS = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EACCES,
    errno.EIO,
    errno.ESTALE,
)


def metadata(order: TakeOrder, made_with: MadeWith | None = None) -> dict[str, str]:
    """What a clip says of itself: its title, its recipe as JSON (again as the comment that players show),
    and what it was made with."""
    recipe = json.dumps(order.recipe.as_dict(), ensure_ascii=False)
    tags = {"title": order.title, "comment": recipe, "recipe": recipe}
    return tags | ({MADE_WITH: made_with.as_json()} if made_with else {})


def seal(
    frames: Frames,
    media: Media,
    name: str,
    fps: int,
    metadata: Mapping[str, str],
    *,
    ffmpeg: str | None = None,
) -> Clip:
    """Makes the clip `name`: H.264 in MP4, BT.709, whole or not at all, never written over.

    Raises `RenderFault`, and `FileExistsError` when the name is taken: names are an attempt's own, so
    that is a defect.
    """
    try:
        with media.draft(name) as draft:
            program = ffmpeg or _own_ffmpeg()
            _encode(frames, draft, fps, metadata, program, lambda error: media.fault(error, name))
            _check(draft, frames.shape, fps)
            sha256, size = sha256_at(draft), draft.stat().st_size
    except Taken as error:
        raise FileExistsError(
            f"there is a clip {media.where(name)} already: no two attempts may share a name"
        ) from error
    except OSError as error:
        raise media.fault(error, name) from error
    count, height, width, _ = frames.shape
    return Clip(
        path=name, sha256=sha256, size=size, frames=count, fps=fps, width=width, height=height
    )


def read(path: Path) -> Frames:
    """Every frame of a clip. Raises `ValueError` when it is damaged."""
    return np.stack([*each_frame(path)])


def each_frame(path: Path) -> Iterator[NDArray[np.uint8]]:
    """The frames of a clip one by one, each (height, width, 3), uint8 RGB. Raises as `read`."""
    with opened(path) as container:
        for frame in decoded(container):
            yield frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)


def opened(path: Path) -> InputContainer:
    """A film, open to be read; under its whole path, since FFmpeg takes what stands before a colon in
    another for a protocol: `ads: v2/a.mp4`, `C:\\ads`. What it says of itself in no UTF-8 is read as far as
    it can be. Raises `FFmpegError`."""
    return av.open(path.absolute(), metadata_errors="replace")


def metadata_of(path: Path) -> dict[str, str]:
    """What the clip says of itself: what `metadata` wrote, and some keys of the container's own."""
    with opened(path) as container:
        return dict(container.metadata)


def _own_ffmpeg() -> str:
    try:
        with terminal.kept_from_children():  # it tries which ffmpeg starts
            return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise _unusable("imageio-ffmpeg", str(error)) from error


def _command(shape: tuple[int, ...], draft: Path, fps: int, tags: Mapping[str, str]) -> Any:
    _, height, width, _ = shape
    entries = {f"metadata:g:{i}": f"{key}={tags[key]}" for i, key in enumerate(tags)}
    source = ffmpeg_graph.input(
        "pipe:", format="rawvideo", pix_fmt="rgb24", s=f"{width}x{height}", r=fps
    )
    clip = source.output(str(draft), **_OUTPUT, **entries)
    return clip.global_args("-hide_banner", "-loglevel", "error", "-n")


def _encode(
    frames: Frames, draft: Path, fps: int, tags: Mapping[str, str], program: str, fault: Fault
) -> None:
    try:
        process = _command(frames.shape, draft, fps, tags).run_async(
            cmd=program, pipe_stdin=True, pipe_stderr=True
        )
    except OSError as error:
        raise _not_started(program, error) from error
    said = _feed(process, np.ascontiguousarray(frames).data.cast("B"))
    if process.returncode:
        _raise_fault(program, process.returncode, said, fault)


def _feed(process: Any, pixels: memoryview) -> str:
    """Gives ffmpeg its pixels and waits for its end; what it said meanwhile.

    `Popen.communicate` would feed them in pieces of 512 bytes. When this process dies the pipe ends,
    and ffmpeg with it.
    """
    with process, ThreadPoolExecutor(1) as reader:
        words = reader.submit(process.stderr.read)
        with suppress(BrokenPipeError):  # it has given up; its words and its status say why
            process.stdin.write(pixels)
        with suppress(BrokenPipeError):
            process.stdin.close()
        return words.result().decode(errors="replace").strip()


def _not_started(program: str, error: OSError) -> RenderFault:
    if error.errno in (errno.ENOENT, errno.EACCES, errno.ENOEXEC):
        return _unusable(program, error.strerror)
    return RenderFault(Cause.MACHINE, f"{program} could not be started: {error.strerror}")


def _raise_fault(program: str, status: int, said: str, fault: Fault) -> NoReturn:
    for code in _FOLDER_ERRORS:
        if os.strerror(code) in said:
            raise fault(OSError(code, os.strerror(code)))
    if status == -signal.SIGXFSZ:
        raise fault(OSError(errno.EFBIG, os.strerror(errno.EFBIG)))
    if status < 0:
        raise RenderFault(
            Cause.MACHINE, f"{program} was ended by {signal.Signals(-status).name} while encoding"
        )
    last = said.splitlines()[-1] if said else f"exit status {status}"
    raise _unusable(program, last)


def _unusable(program: str, why: str | None) -> RenderFault:
    return RenderFault(
        Cause.FATAL,
        f"{program} cannot encode a clip ({why}): reinstall imageio-ffmpeg or name an ffmpeg with "
        "libx264 in the settings",
    )


def decoded(container: InputContainer) -> Iterator[av.VideoFrame]:
    """Frames of the first video stream; raises `ValueError` on damage instead of painting it over."""
    stream = container.streams.video[0]
    stream.codec_context.options = {"err_detect": "explode"}
    # With PyAV's default, SLICE, the decoder looks away from most of what is wrong.
    stream.thread_type = "FRAME"
    for number, frame in enumerate(container.decode(stream), start=1):
        if frame.is_corrupt:
            raise ValueError(f"frame {number} is damaged")
        yield frame


def _check(draft: Path, shape: tuple[int, ...], fps: int) -> None:
    count, height, width, _ = shape
    try:
        with opened(draft) as container:
            count_decoded = sum(1 for _ in decoded(container))
            stream = container.streams.video[0]
            found = (count_decoded, stream.height, stream.width, stream.average_rate)
    except (FFmpegError, ValueError) as error:
        raise RenderFault(
            Cause.MACHINE, f"the new clip in {draft.parent} does not decode: {error}"
        ) from error
    if found != (count, height, width, fps):
        raise RenderFault(
            Cause.MACHINE,
            f"the new clip in {draft.parent} is {_words(found)}, not {_words((*shape[:3], fps))}",
        )


def _words(found: tuple[Any, ...]) -> str:
    count, height, width, fps = found
    return f"{count} frames of {width} x {height} at {fps} fps"
