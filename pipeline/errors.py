"""What can go wrong with one take: the shot must change, or the machine failed.

TakeError
├── ShotRejected    no machine can ever make this; a person has to change the shot
├── RenderFault     this machine could not; `cause` says what the farm should do about it
├── RenderStopped   the render was told to end before it was done
└── RenderLost      what rendered it is gone, and the take is not to blame

What ends a take early because it will miss is none of these: it never leaves `pipeline.take`.
"""

from enum import StrEnum

DISK_FAILS = "look at the disk or the mount behind it"
"""The remedy where a disk fails and nobody's rights are to blame."""


class Cause(StrEnum):
    """Why a machine could not make a take; the farm's failure classes carry the same words."""

    MACHINE = "machine"
    """The device, the node or its disk failed: try again elsewhere, with a fresh worker."""
    CAPACITY = "capacity"
    """There was no room just now: wait, nothing is counted against the take."""
    FATAL = "fatal"
    """The farm is set up wrongly (bad checkpoint, no codec): stop and say so."""


class TakeError(Exception):
    """Something kept a take from being made."""


class ShotRejected(TakeError):
    """The shot itself must change before any machine can make it.

    `code` is stable and dotted (`still.unreadable`); `sentence` is for people and names the remedy.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code, sentence)
        self.code = code
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


class RenderFault(TakeError):
    """The machine failed the take; the shot is not to blame."""

    def __init__(self, cause: Cause, sentence: str) -> None:
        super().__init__(cause, sentence)
        self.cause = cause
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


class RenderStopped(TakeError):
    """The render was told to end: its lease ran out, or a person cancelled it."""


class RenderLost(TakeError):
    """What rendered the take is gone: a server that does not answer any more, or knows nothing of it."""


def is_the_machines(error: Exception) -> bool:
    """Whether the machine failed, as far as anybody can tell: a defect counts as that."""
    if isinstance(error, RenderFault):
        return error.cause is Cause.MACHINE
    return not isinstance(error, TakeError)
