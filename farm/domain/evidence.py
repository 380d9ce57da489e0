"""What a failed attempt leaves behind: its traceback and what its worker last logged.

Both are bounded and without secrets before they leave the worker; what the secrets are is told by
whoever asks (`farm.domain.scrubbing.secrets_of`). Pure.
"""

import traceback
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from farm.domain.scrubbing import scrub
from pipeline.errors import Cause, RenderFault

MOST_TRACEBACK = 12_000
"""Characters of a traceback that are kept: its head says where it began, its tail what happened."""
MOST_SENTENCE = 600
MOST_LINES = 40
MOST_LINE = 1_000
MOST_LOG = 8_000
"""Lines, characters of one, and characters of all."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is left of an attempt that failed."""

    traceback: str = ""
    lines: tuple[str, ...] = ()
    """What the worker last logged, oldest first."""

    def __bool__(self) -> bool:
        return bool(self.traceback or self.lines)


NONE = Evidence()


def of(error: BaseException, secrets: Collection[str], lines: Iterable[str] = ()) -> Evidence:
    """The evidence of an exception, with those that led to it, and of the worker's last log lines."""
    return cleaned(Evidence(_told(error), tuple(lines)), secrets)


def of_load(error: BaseException, secrets: Collection[str]) -> Evidence:
    """The evidence of a model that could not be loaded. A fatal fault's sentence says what is wrong and
    what to do: where in the code it was noticed is of no use to whoever reads it."""
    told = isinstance(error, RenderFault) and error.cause is Cause.FATAL
    return NONE if told else of(error, secrets)


def cleaned(evidence: Evidence, secrets: Collection[str]) -> Evidence:
    """The same without these secrets, and no longer than is kept."""
    lines = deque[str]()
    left = MOST_LOG
    for line in reversed(evidence.lines[-MOST_LINES:]):
        lines.appendleft(bounded(scrub(line, secrets), MOST_LINE))
        left -= len(lines[0])
        if left < 0:
            lines.popleft()
            break
    return Evidence(bounded(scrub(evidence.traceback, secrets), MOST_TRACEBACK), tuple(lines))


def sentence_of(error: BaseException, secrets: Collection[str]) -> str:
    """A defect in one line: its type and what it says, without secrets."""
    try:
        said = " ".join(str(error).split())
    except Exception:  # an error whose own words are broken is still an error
        said = "(its message cannot be read)"
    return sentence(f"{type(error).__name__}: {said}" if said else type(error).__name__, secrets)


def sentence(text: str, secrets: Collection[str]) -> str:
    """A sentence that may be kept and shown: bounded, without secrets."""
    return bounded(scrub(text, secrets), MOST_SENTENCE)


def bounded(text: str, most: int) -> str:
    """`text` in at most `most` characters, with a word on what was left out of its middle."""
    if len(text) <= most:
        return text
    kept = most - len(f"\n  … {len(text)} characters left out …\n")
    head, tail = text[: kept // 3], text[-(kept - kept // 3) :]
    if "\n" in text:  # whole lines only
        head, tail = head.rpartition("\n")[0] or head, tail.partition("\n")[2] or tail
    left_out = len(text) - len(head) - len(tail)
    gap = f"… {left_out} characters left out …"
    return f"{head}\n  {gap}\n{tail}" if "\n" in text else f"{head} {gap} {tail}"


def _told(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(error))
    except Exception as broken:  # formatting calls code of the error's own
        return f"{type(error).__name__}, whose traceback cannot be told ({type(broken).__name__})\n"
