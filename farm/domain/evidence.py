"""What a failed attempt leaves behind: its traceback and what its worker last logged.

Both are bounded and without secrets before they leave the worker.
"""

import logging
import os
import threading
import time
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TextIO

from farm.domain.scrubbing import scrub, secrets_of
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


def of(error: BaseException, lines: Iterable[str] = ()) -> Evidence:
    """The evidence of an exception, with those that led to it, and of the worker's last log lines."""
    return cleaned(Evidence(_told(error), tuple(lines)), secrets_of(os.environ))


def of_load(error: BaseException) -> Evidence:
    """The evidence of a model that could not be loaded. A fatal fault's sentence says what is wrong and
    what to do: where in the code it was noticed is of no use to whoever reads it."""
    told = isinstance(error, RenderFault) and error.cause is Cause.FATAL
    return NONE if told else of(error)


def cleaned(evidence: Evidence, secrets: Collection[str]) -> Evidence:
    """The same without these secrets, and no longer than is kept."""
    lines = deque[str]()
    room = MOST_LOG
    for line in reversed(evidence.lines[-MOST_LINES:]):
        lines.appendleft(bounded(scrub(line, secrets), MOST_LINE))
        room -= len(lines[0])
        if room < 0:
            lines.popleft()
            break
    return Evidence(bounded(scrub(evidence.traceback, secrets), MOST_TRACEBACK), tuple(lines))


def sentence_of(error: BaseException) -> str:
    """A defect in one line: its type and what it says, without secrets."""
    try:
        said = " ".join(str(error).split())
    except Exception:  # an error whose own words are broken is still an error
        said = "(its message cannot be read)"
    return sentence(f"{type(error).__name__}: {said}" if said else type(error).__name__)


def sentence(text: str) -> str:
    """A sentence that may be kept and shown: bounded, without secrets."""
    return bounded(scrub(text, secrets_of(os.environ)), MOST_SENTENCE)


def bounded(text: str, most: int) -> str:
    """`text` in at most `most` characters, with a word on what was left out of its middle."""
    if len(text) <= most:
        return text
    room = most - len(f"\n  … {len(text)} characters left out …\n")
    head, tail = text[: room // 3], text[-(room - room // 3) :]
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


class LogTail(logging.Handler):
    """Keeps the last log lines and warnings of each thread that listens, and of no other."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._own = threading.local()

    def listen(self) -> None:
        """From now on this thread's lines are kept."""
        if not hasattr(self._own, "lines"):
            self._own.lines = deque[str](maxlen=MOST_LINES)
            self.attach()

    def lines(self) -> tuple[str, ...]:
        """This thread's lines, oldest first."""
        return tuple(getattr(self._own, "lines", ()))

    def emit(self, record: logging.LogRecord) -> None:
        last = logging.lastResort
        if last and record.levelno >= last.level and self._hears_alone(record):
            last.handle(record)  # as it would be without us
        kept: deque[str] | None = getattr(self._own, "lines", None)
        if kept is None:
            return
        try:
            kept.append(bounded(self.format(record), MOST_LINE))
        except Exception:  # a line that cannot be formatted must not fail a take
            kept.append(f"{record.name}: a line that cannot be read ({record.msg!r:.80})")

    def _hears_alone(self, record: logging.LogRecord) -> bool:
        """Whether no other handler is on the record's way up: Python then has a last resort."""
        logger: logging.Logger | None = logging.getLogger(record.name)
        while logger:
            if any(each is not self for each in logger.handlers):
                return False
            logger = logger.parent if logger.propagate else None
        return True

    def warn(self, text: str) -> None:
        """A warning of Python's in this thread."""
        kept: deque[str] | None = getattr(self._own, "lines", None)
        if kept is not None:
            kept.append(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text.strip()}")

    def attach(self) -> None:
        """To the root and to every logger that passes nothing on; libraries make theirs when imported."""
        made = [each for each in logging.root.manager.loggerDict.values() if _keeps_to_itself(each)]
        for logger in [logging.root, *made]:
            if isinstance(logger, logging.Logger) and self not in logger.handlers:
                logger.addHandler(self)
        _hear_warnings()


@cache
def log_tail() -> LogTail:
    """The one of this process."""
    return LogTail()


def _keeps_to_itself(logger: object) -> bool:
    return isinstance(logger, logging.Logger) and not logger.propagate


def _hear_warnings() -> None:
    """Python has one place for warnings; whoever stands there is called as before."""
    if not isinstance(warnings.showwarning, _Warnings):
        warnings.showwarning = _Warnings(warnings.showwarning)


class _Warnings:
    """Stands where Python shows its warnings."""

    def __init__(self, before: Callable[..., None]) -> None:
        self._before = before

    def __call__(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        log_tail().warn(f"{category.__name__}: {message} ({filename}:{lineno})")
        self._before(message, category, filename, lineno, file, line)
