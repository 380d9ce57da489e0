"""The delivery of clips into a folder, refused as a whole or told clip by clip.

What an earlier delivery put into the folder and what is no part of this one is taken out again.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from farm.delivery import timelines
from farm.delivery.bringing import Trouble
from farm.delivery.contact_sheet import FramesReader
from farm.delivery.copying import Delivery, Work
from farm.delivery.ffmpeg import Ffmpeg
from farm.delivery.finishing import Finishing
from farm.delivery.folder import alone_in, drop_drafts
from farm.delivery.listed import Deliverable
from farm.delivery.plan import Plan
from farm.delivery.timeline import CutShot
from farm.errors import Refused
from pipeline.clips import encode
from pipeline.storage.protocol import Media

NOTHING_ASKED = Plan()
"""Clips are copied as they are."""


class Undelivered(Refused):
    """Some clips could not be delivered; `delivery` has what lies in the folder."""

    def __init__(self, sentence: str, delivery: Delivery) -> None:
        super().__init__(sentence)
        self.delivery = delivery


def deliver(
    production: str,
    items: Sequence[Deliverable],
    media: Media,
    to: Path,
    on_clip: Callable[[int, int], None] = lambda done, total: None,
    read_frames: FramesReader = encode.read,
    *,
    keep_old: bool = False,
    on_wait: Callable[[], None] = lambda: None,
    plan: Plan = NOTHING_ASKED,
    cut: Sequence[CutShot] = (),
    ffmpeg: str | None = None,
    expected: Mapping[str, str] | None = None,
    finishing: Finishing | None = None,
) -> Delivery:
    """Copies each clip to `to/<shot>_t<take>.mp4`, checks it, then writes manifests and contact sheet.

    With `finishing` every file is labelled, and signed where there is a key. With a `plan` each clip is
    made by its steps, and timelines of `cut` are written. `expected` has the checksums, by file, that what
    is made must have (before it is signed, where it is); what would have another is not put there.

    A clip that lies there whole is left alone. What earlier deliveries put there and is no part any more
    is removed, unless `keep_old`; never a file of somebody else, or one that was changed. `on_clip` hears
    how many clips of how many are done, `on_wait` that another delivery into the folder must end first.
    Raises `Refused` when the folder cannot be written or is another production's, and `Undelivered`,
    once all others are delivered and listed, with the name of each shot whose clip could not be: it is gone
    or altered, cannot be read or made, or another file has its name.
    """
    program = None if plan.is_plain else Ffmpeg(ffmpeg)
    plan.check(program)
    timelines.check(production, plan, cut, items, to)
    try:
        to.mkdir(parents=True, exist_ok=True)
        with alone_in(to, on_wait) as alone:
            work = Work(
                production, items, media, to, keep_old=keep_old, plan=plan, cut=cut, ffmpeg=program,
                expected=expected, finishing=finishing,
            )  # fmt: skip
            if alone:
                drop_drafts(to, work.names())
            delivery = work.carry_out(on_clip, read_frames)
    except OSError as error:
        raise Refused(f"cannot deliver to {to}: {_why(error, to)}") from error
    if delivery.troubles:
        raise Undelivered(sentence(delivery.troubles, len(items)), delivery)
    return delivery


def _why(error: OSError, to: Path) -> str:
    """What a folder failed of, with the file in it that people know, if it is one."""
    why = error.strerror or str(error)
    file = Path(error.filename) if isinstance(error.filename, str) else to
    return why if file == to or file.name.startswith(".") else f"{file}: {why}"


def sentence(troubles: Sequence[Trouble], of: int, unsent: str = "") -> str:
    """What could not be delivered, why, and what to do; `unsent`: where nothing was sent because of it."""
    gone = any(each.gone for each in troubles)
    remedy = "; bring back the files or make the shots again with `farm retake`" if gone else ""
    rest = of - len(troubles)
    others = "" if not rest else " (the other was)" if rest == 1 else " (the others were)"
    if unsent:
        others = f", so nothing was sent to {unsent}"
    return (
        f"{len(troubles)} of {of} clips could not be delivered{others}{remedy}: "
        f"{'; '.join(f'{each.shot}: {each.why}' for each in troubles)}"
    )
